"""Faces of a named query, one module each, all made from the header and the pattern of its one file."""
