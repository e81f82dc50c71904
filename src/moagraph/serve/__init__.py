"""A local web workbench and SPARQL endpoint: `moagraph serve`."""

from moagraph.sandbox import Limits
from moagraph.serve.app import application
from moagraph.serve.workbench import Workbench

__all__ = ["Limits", "Workbench", "application"]
