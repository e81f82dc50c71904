"""What Python users get: `open` and what it returns."""

from moagraph.api.graph import Graph
from moagraph.api.opening import DEFAULT_POLICY, from_rdflib, open, policy_diff

__all__ = ["DEFAULT_POLICY", "Graph", "from_rdflib", "open", "policy_diff"]
