"""Servers to compare answers with, and the scripts that start them."""
