"""Figures. Each module makes one: `draw` writes a file and gives the numbers drawn, `render` gives the bytes."""

from __future__ import annotations

from collections.abc import Mapping

FIGURES: Mapping[str, str] = {
    "matrix": "What is known of each compound and mechanism: verdict, tier, and why there are blanks.",
    "overlap": "Compounds joined where they share mechanisms, or joined to their mechanisms.",
}
"""The figures by name, which is also the name of the module, each with what it shows."""
