"""Figures are tested by the numbers they draw, by their bytes, and by nothing lying on anything else."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from itertools import combinations, pairwise
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from matplotlib.transforms import Bbox

from moagraph.errors import OutputFailed, UnknownFormat
from moagraph.overlap import bipartite_graph, graphml, matrix, overlap_graph
from moagraph.plots import FIGURES, style
from moagraph.plots import matrix as matrix_figure
from moagraph.plots import overlap as overlap_figure
from moagraph.plots.network import ring
from moagraph.plots.sheet import shortened
from moagraph.store import EmbeddedStore
from test_overlap import ABSENCES, CLAIMS, GROUPINGS, MECHANISMS, POLICY, random_world, store_of, turtle, world


def clashes(figure: Figure) -> list[str]:
    """Gives what lies on something else or leaves the page: texts among themselves, and texts on nodes."""
    with style.settings():
        FigureCanvasAgg(figure)
        figure.canvas.draw()
        texts = [(text, text.get_window_extent()) for text in figure.axes[0].texts if text.get_text().strip()]
        nodes = [p for p in figure.axes[0].patches if isinstance(p, Circle) and str(p.get_gid()).startswith("node:")]
        circles = [(node, node.get_window_extent()) for node in nodes]
    page = figure.bbox
    found = []
    for text, box in texts:
        if box.x0 < page.x0 or box.y0 < page.y0 or box.x1 > page.x1 or box.y1 > page.y1:
            found.append(f"{text.get_text()!r} leaves the page")
        for node, circle in circles:
            if box.overlaps(circle) and str(text.get_gid()).startswith(("name", "label:")):
                found.append(f"{text.get_text()!r} lies on {node.get_gid()}")
    for (one, box), (other, its_box) in combinations(texts, 2):
        if Bbox.intersection(box, its_box) is not None and box.overlaps(its_box):
            found.append(f"{one.get_text()!r} lies on {other.get_text()!r}")
    assert texts, "a figure without a text was looked at"
    return found


def all_figures(store: EmbeddedStore, policy: str) -> dict[str, Figure]:
    """Gives every figure of a store."""
    return {
        "overlap": overlap_figure.figure(overlap_figure.numbers(store, policy)),
        "mechanisms": overlap_figure.figure(overlap_figure.numbers(store, policy, mechanisms=True)),
        "matrix": matrix_figure.figure(matrix(store, policy)),
    }


def drawn_lines(figure: Figure) -> dict[str, bool]:
    """Gives the lines of a figure, and whether each is dashed."""
    return {
        str(p.get_gid()).removeprefix("line:"): p.get_linestyle() not in ("-", "solid")
        for p in figure.axes[0].patches
        if str(p.get_gid()).startswith("line:")
    }


def test_pairs_drawn_are_those_of_the_graph_and_contested_ones_are_dashed(tmp_path: Path) -> None:
    graph = overlap_figure.draw(world(), POLICY, tmp_path / "overlap.svg")
    whole = overlap_graph(world(), POLICY)
    assert set(map(frozenset, graph.edges)) == set(map(frozenset, whole.edges))
    assert all(graph.edges[pair] == whole.edges[pair] for pair in whole.edges)
    dashed = {frozenset(gid.split("--")): d for gid, d in drawn_lines(overlap_figure.figure(graph)).items()}
    assert dashed == {frozenset((one, other)): not edge["shared"] for one, other, edge in whole.edges(data=True)}
    assert any(dashed.values())


def test_numbers_stand_on_the_lines() -> None:
    graph = overlap_figure.numbers(world(), POLICY)
    labels = {
        frozenset(str(text.get_gid()).removeprefix("label:").split("--")): text.get_text()
        for text in overlap_figure.figure(graph).axes[0].texts
        if str(text.get_gid()).startswith("label:")
    }
    assert labels[frozenset(("compound:alphamide", "compound:betamide"))] == "2·E"
    assert labels[frozenset(("compound:alphamide", "compound:deltamide"))] == "1·D +1"
    assert labels[frozenset(("compound:alphamide", "compound:gammamide"))] == "1·D"


def test_mechanisms_drawn_are_those_of_several_compounds(tmp_path: Path) -> None:
    graph = overlap_figure.draw(world(), POLICY, tmp_path / "mechanisms.svg", mechanisms=True)
    mechanisms = {node for node, about in graph.nodes(data=True) if about["kind"] == "mechanism"}
    assert mechanisms == {f"mechanism:{m}" for m in ("gamma-decrease", "beta-increase", "late-beta-increase")}
    lines = drawn_lines(overlap_figure.figure(graph))
    assert lines["compound:gammamide--mechanism:gamma-decrease"]
    assert not lines["compound:alphamide--mechanism:gamma-decrease"]


def test_cells_of_the_matrix(tmp_path: Path) -> None:
    table = matrix_figure.draw(world(), POLICY, tmp_path / "matrix.svg")
    assert table == matrix(world(), POLICY)
    shown = {(c.label, m.label): cell for (c, m), cell in matrix_figure.cells(table).items()}
    assert len(shown) == len(table)
    assert shown["alphamide", "late beta increase"] == matrix_figure.Cell("supported", "D", unresolved=True)
    assert shown["alphamide", "beta increase"] == matrix_figure.Cell("", "D", unresolved=True, through="supported")
    assert shown["alphamide", "gamma decrease"].signs == "∅"
    assert shown["betamide", "delta increase"] == matrix_figure.Cell(signs="–")
    assert shown["gammamide", "gamma decrease"].verdict == "contested"


def test_rows_of_the_matrix_stand_under_what_gathers_them() -> None:
    table = matrix(world(), POLICY)
    mechanisms = sorted(set(table.column("mechanism")), key=str)
    rows = matrix_figure.rows_of(table, mechanisms)  # type: ignore[arg-type]
    assert [(row.mechanism.label, row.depth, row.heading) for row in rows] == [
        ("beta action", 0, True),
        ("beta increase", 1, False),
        ("beta modulation", 1, False),
        ("late beta increase", 1, False),
        ("gamma decrease", 0, False),
        ("delta increase", 0, False),
    ]


def test_what_is_drawn_is_told_in_words(tmp_path: Path) -> None:
    path = tmp_path / "overlap.svg"
    overlap_figure.draw(world(), POLICY, path)
    root = ElementTree.fromstring(path.read_bytes())
    space = "{http://www.w3.org/2000/svg}"
    assert root.findtext(f"{space}title") == "Compounds that share mechanisms"
    told = root.findtext(f"{space}desc") or ""
    assert "alphamide – betamide: 2 shared, tier E." in told
    assert "alphamide – gammamide: 1 contested" in told
    assert style.FOOTER in told


def test_nothing_lies_on_anything_else() -> None:
    for name, figure in all_figures(world(), POLICY).items():
        assert not clashes(figure), name


@pytest.mark.parametrize(("compounds", "mechanisms"), [(2, 2), (9, 12), (30, 30), (60, 40), (150, 160)])
def test_nothing_lies_on_anything_else_however_many_there_are(compounds: int, mechanisms: int) -> None:
    for name, figure in all_figures(random_world(7, compounds, mechanisms), POLICY).items():
        assert not clashes(figure), name


@pytest.mark.parametrize("compounds", [9, 30, 60])
def test_no_line_passes_through_a_third_compound(compounds: int) -> None:
    layout = ring(overlap_figure.numbers(random_world(8, compounds, compounds), POLICY))
    assert layout.lines
    for line in layout.lines:
        course = line.at(np.linspace(0, 1, 200))
        for node, (x, y, radius) in layout.circles.items():
            if node not in line.ends:
                assert np.hypot(course[:, 0] - x, course[:, 1] - y).min() > radius, (node, line.ends)


def test_clashes_are_seen() -> None:
    figure = overlap_figure.figure(overlap_figure.numbers(world(), POLICY))
    first = figure.axes[0].texts[0]
    figure.axes[0].text(*first.get_position(), "on top", va="top")
    assert clashes(figure)


def test_large_figures_are_cut_and_say_so() -> None:
    store = random_world(7, 150, 160)
    graph = overlap_figure.numbers(store, POLICY)
    assert len(graph) <= overlap_figure.MOST_COMPOUNDS
    assert graph.number_of_edges() <= overlap_figure.MOST_LINES < graph.graph["pairs"]
    weakest = min(edge["shared"] for _, _, edge in graph.edges(data=True))
    assert weakest >= 1
    texts = [text.get_text().replace("\n", " ") for text in overlap_figure.figure(graph).axes[0].texts]
    drawn = f"Drawn are {len(graph)} of {graph.graph['compounds']} compounds and {graph.number_of_edges()} of "
    assert any(text.startswith(drawn) for text in texts)


def test_all_compounds_are_drawn_while_there_is_room() -> None:
    store = random_world(7, 60, 40)
    graph = overlap_figure.numbers(store, POLICY)
    assert len(graph) == graph.graph["compounds"]
    assert min(degree for _, degree in graph.degree) >= 1


def test_nothing_to_draw() -> None:
    store = store_of(turtle([("epsilamide", "delta-increase", "Supports", "moa:Animal")], {"delta-increase": None}))
    graph = overlap_figure.numbers(store, POLICY)
    texts = [text.get_text() for text in overlap_figure.figure(graph).axes[0].texts]
    assert any("epsilamide" in text for text in texts)
    empty = store_of(turtle([], {}))
    for name, figure in all_figures(empty, POLICY).items():
        assert not clashes(figure), name


def test_labels_are_no_formulas() -> None:
    label = "$\\frac{1}{2}$ & <b> amide"
    claims = [("alphamide", "m", "Supports", "moa:Animal"), ("betamide", "m", "Supports", "moa:Animal")]
    store = store_of(turtle(claims, {"m": None}, labels={"alphamide": label.replace("\\", "\\\\")}))
    graph = overlap_figure.numbers(store, POLICY)
    assert any(label in text.get_text() for text in overlap_figure.figure(graph).axes[0].texts)
    ElementTree.fromstring(overlap_figure.render(graph, "svg"))


SIGNATURES = {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF", "graphml": b"<?xml"}


@pytest.mark.parametrize("format", list(SIGNATURES))
def test_formats(tmp_path: Path, format: str) -> None:
    by_name, by_word = tmp_path / f"figure.{format}", tmp_path / "figure"
    overlap_figure.draw(world(), POLICY, by_name)
    overlap_figure.draw(world(), POLICY, by_word, format=format)
    assert by_name.read_bytes().startswith(SIGNATURES[format])
    assert by_name.read_bytes() == by_word.read_bytes()
    assert sorted(tmp_path.iterdir()) == sorted([by_name, by_word])


def test_graphml_holds_the_whole_graph(tmp_path: Path) -> None:
    path = tmp_path / "all.graphml"
    for mechanisms in (False, True):
        whole = (bipartite_graph if mechanisms else overlap_graph)(world(), POLICY)
        overlap_figure.draw(world(), POLICY, path, mechanisms=mechanisms)
        assert path.read_bytes() == graphml(whole)


@pytest.mark.parametrize("name", ["figure.gif", "figure", "figure.sgv"])
def test_unknown_formats_are_refused_before_anything_is_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnknownFormat, match="cannot write format"):
        overlap_figure.draw(world(), POLICY, tmp_path / name)
    with pytest.raises(UnknownFormat):
        matrix_figure.draw(world(), POLICY, tmp_path / name)
    with pytest.raises(UnknownFormat):
        overlap_figure.render(overlap_figure.numbers(world(), POLICY), "gif")
    with pytest.raises(UnknownFormat):
        matrix_figure.draw(world(), POLICY, tmp_path / "matrix.graphml")
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written_is_an_error_of_the_user(tmp_path: Path) -> None:
    with pytest.raises(OutputFailed):
        matrix_figure.draw(world(), POLICY, tmp_path / "nowhere" / "matrix.svg")


def digests() -> str:
    """Gives digests of all figures in all formats."""
    store = store_of(turtle(CLAIMS, MECHANISMS, GROUPINGS, ABSENCES))
    lines = []
    for format in SIGNATURES:
        for mechanisms in (False, True):
            graph = overlap_figure.numbers(store, POLICY, mechanisms)
            lines.append(hashlib.sha256(overlap_figure.render(graph, format)).hexdigest())
    for format in style.FORMATS:
        lines.append(hashlib.sha256(matrix_figure.render(matrix(store, POLICY), format)).hexdigest())
    return "\n".join(lines)


def test_same_input_same_bytes_whatever_the_hash_seed_and_the_settings(tmp_path: Path) -> None:
    (tmp_path / "matplotlibrc").write_text("font.size: 20\nlines.linewidth: 9\nsvg.fonttype: none\n")
    told = []
    for seed, folder in (("1", Path.cwd()), ("2", tmp_path)):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        command = [sys.executable, "-c", "import test_plots; print(test_plots.digests())"]
        ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
        told.append(ran.stdout.strip())
    assert told[0] == told[1] == digests()
    assert len(set(told[0].split())) == 11


def test_figures_say_nothing_of_when_and_where_they_were_made() -> None:
    graph = overlap_figure.numbers(world(), POLICY)
    for format in style.FORMATS:
        made = overlap_figure.render(graph, format)
        assert b"atplotlib v" not in made
        assert b"CreationDate" not in made
        assert b"dc:date" not in made


def lightness(colour: str) -> float:
    """Gives CIELAB L* of a colour."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    luminance = sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return float(116 * luminance ** (1 / 3) - 16)


def test_tiers_keep_their_order_in_grey() -> None:
    steps = [lightness(colour) for colour in style.TIERS.values()]
    assert all(lighter - darker > 10 for darker, lighter in pairwise(steps))
    # What is written on a colour, and the lightest colour on paper, can be told from it.
    assert steps[-1] < 80
    for colour in style.TIERS.values():
        assert abs(lightness(style.ink_on(colour)) - lightness(colour)) > 45


def test_every_figure_has_its_module() -> None:
    for name in FIGURES:
        module = {"overlap": overlap_figure, "matrix": matrix_figure}[name]
        assert set(style.FORMATS) <= set(module.FORMATS)
        assert module.draw.__doc__


def test_long_names_are_broken_and_cut() -> None:
    assert shortened("glial cell line-derived neurotrophic factor") == "glial cell line-derived\nneurotrophic factor"
    assert shortened("Cortexin") == "Cortexin"
    assert all(len(line) <= 26 for line in shortened("x" * 200).split("\n"))
    assert shortened("one two " * 30).count("\n") == 1
    assert shortened("one two " * 30).endswith("…")
