"""moagraph: what is claimed about nootropic peptide preparations, on what evidence, and what speaks against it.

>>> import moagraph
>>> g = moagraph.open()  # doctest: +SKIP
>>> g.ask("shared-mechanisms", compound="cortexin")  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moagraph.api import Graph, from_rdflib, open, policy_diff
    from moagraph.errors import MoagraphError
    from moagraph.report import Finding, Report
    from moagraph.store import Triples
    from moagraph.table import Column, Iri, Table

__version__ = "0.1.0"

_HOME = {
    "Column": "table",
    "Finding": "report",
    "Graph": "api",
    "Iri": "table",
    "MoagraphError": "errors",
    "Report": "report",
    "Table": "table",
    "Triples": "store",
    "from_rdflib": "api",
    "open": "api",
    "policy_diff": "api",
}

__all__ = [
    "Column",
    "Finding",
    "Graph",
    "Iri",
    "MoagraphError",
    "Report",
    "Table",
    "Triples",
    "__version__",
    "from_rdflib",
    "open",
    "policy_diff",
]


def __getattr__(name: str) -> object:
    # Names are imported when first used, so that the command line starts fast.
    if name in _HOME:
        from importlib import import_module

        return getattr(import_module(f"moagraph.{_HOME[name]}"), name)
    raise AttributeError(f"module 'moagraph' has no attribute {name!r}")


def load_ipython_extension(shell: object) -> None:
    """Gives a notebook the magics `%ask`, `%%sparql` and `%moagraph`; called by `%load_ext moagraph`."""
    from moagraph.notebook import load

    load(shell)
