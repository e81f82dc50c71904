"""Exports: one module per format. Each writes the same bytes for the same input, and a whole file or none."""
