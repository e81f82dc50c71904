"""Endpoints that are written to: pushing a built graph, and building one on the engine itself."""
