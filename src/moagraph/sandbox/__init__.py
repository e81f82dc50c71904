"""Strangers' queries are answered by worker processes that can be killed: at a time, at a number of rows, at an
amount of memory. What a worker may do at all is in `confine`; what it does is in `child`; who starts, asks and kills
it is in `pool`.
"""

from moagraph.sandbox.pool import Limits, Sandbox, Sandboxed, Written

__all__ = ["Limits", "Sandbox", "Sandboxed", "Written"]
