"""Generates a realistic graph of invented chemistry, of any size: the same size and seed give the same bytes.

    python tests/benchmarks/generate.py --triples 100000 --seed 1 -o DIR
    python tests/benchmarks/generate.py --triples 10000000 --seed 1 --nt -o FILE

The first writes a folder `DIR/data` in the layout that `moagraph check` demands, which passes that check beside the
real `ontology` and `queries`. With `--faults N` it plants N faults of known kinds and lists them in
`DIR/faults.json`. The second writes all triples as one file of sorted N-Triples, in little memory; `-o -` writes to
stdout.
"""

from __future__ import annotations

import argparse
import heapq
import json
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import faults
from told import told
from world import Node, Piece, World, triples_in

from moagraph.names import PREFIXES

_BESIDE = {
    "moa:predicate", "moa:attribute", "moa:object", "moa:stance", "oa:start", "oa:end",
}  # fmt: skip
"""Predicates that house style writes on the line of the one before."""

_RUN = 200_000
"""How many lines are sorted in memory at a time."""


def pieces(triples: int, seed: int, planted: list[faults.Fault]) -> Iterator[Piece]:
    """Gives the files of a world with these faults in it, in the order in which they are made.

    Compounds are told of until there are enough triples; some hundred more come of finishing what was begun.
    """
    world = World(triples, seed)
    count = sum(map(triples_in, world.things))
    yield from world.things
    number = 0
    while count < triples:
        for piece in told(world, number):
            count += triples_in(piece)
            yield piece
        number += 1
    yield from world.voices()
    for fault in planted:
        yield from fault.pieces()


# Turtle


def turtle(title: str, nodes: list[Node]) -> str:
    """Gives a data file in house style."""
    used = set()
    for node in nodes:
        used.add(node.subject.partition(":")[0])
        for predicate, objects in node.statements:
            used.add(predicate.partition(":")[0])
            used.update(o.partition(":")[0] for o in objects if o[0] not in '"-0123456789')
    prefixes = sorted(used - {"a"})
    wide = max(map(len, prefixes))
    head = [f"@prefix {p}:{' ' * (wide - len(p))} <{PREFIXES[p]}> ." for p in prefixes]
    return "\n".join([f"# {title}", "", *head, "", *(_block(node) + "\n" for node in nodes)])


def _block(node: Node) -> str:
    (_, types), *rest = node.statements
    lines = [f"{node.subject}  a {' , '.join(types)} ;"]
    for predicate, objects in rest:
        said = f"{predicate} {' , '.join(objects)} ;"
        if predicate in _BESIDE:
            lines[-1] += f"  {said}"
        else:
            lines.append(f"    {said}")
    lines[-1] = lines[-1].removesuffix(";") + "."
    return "\n".join([f"## {node.heading}", *lines] if node.heading else lines)


def joined(made: Iterable[Piece]) -> Iterator[Piece]:
    """Gives one piece for each file: passages that several records cite are gathered, and come last."""
    gathered: dict[str, Piece] = {}
    for piece in made:
        if piece.path.startswith("data/passage/"):
            gathered.setdefault(piece.path, piece._replace(nodes=[])).nodes.extend(piece.nodes)
        else:
            yield piece
    yield from gathered.values()


def write_files(made: Iterable[Piece], root: Path) -> int:
    """Writes each piece into its file below a root, and gives the number of files."""
    number = 0
    for piece in joined(made):
        path = root / piece.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(turtle(piece.title, piece.nodes), "utf-8", newline="\n")
        number += 1
    return number


# N-Triples


@lru_cache(1 << 16)
def _term(term: str) -> str:
    """Gives a term as N-Triples has it."""
    if term.startswith('"'):
        return term
    if term == "a":
        return f"<{PREFIXES['rdf']}type>"
    if term[0] in "-0123456789":
        return f'"{term}"^^<{PREFIXES["xsd"]}{"decimal" if "." in term else "integer"}>'
    prefix, _, local = term.partition(":")
    return f"<{PREFIXES[prefix]}{local}>"


def ntriples(made: Iterable[Piece]) -> Iterator[bytes]:
    """Gives the triples as lines of N-Triples, in the order in which they are made."""
    for piece in made:
        for node in piece.nodes:
            subject = _term(node.subject)
            for predicate, objects in node.statements:
                start = f"{subject} {_term(predicate)} "
                for term in objects:
                    yield f"{start}{_term(term)} .\n".encode()


def write_sorted(lines: Iterator[bytes], out: BinaryIO) -> int:
    """Writes lines in order, sorting runs of them in temporary files, and gives their number."""
    number = 0
    with ExitStack() as stack:
        runs: list[BinaryIO] = []
        while True:
            run = sorted(islice(lines, _RUN))
            if not run:
                break
            number += len(run)
            file = stack.enter_context(tempfile.TemporaryFile())
            file.writelines(run)
            file.seek(0)
            runs.append(file)
        out.writelines(heapq.merge(*runs))
    return number


def main(words: list[str] | None = None) -> None:
    """Generates what the command line asks for; says on stderr how much it was."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--triples", type=int, default=10_000, help="about how many triples (10000)")
    parser.add_argument("--seed", type=int, default=1, help="what chance starts from (1)")
    parser.add_argument("--faults", type=int, default=0, help="how many faults to plant (0)")
    parser.add_argument("--nt", action="store_true", help="write one file of sorted N-Triples")
    parser.add_argument("-o", "--output", required=True, help="a folder; with --nt a file or - for stdout")
    asked = parser.parse_args(words)
    planted = faults.plant(asked.faults)
    made = pieces(asked.triples, asked.seed, planted)
    if asked.nt:
        with ExitStack() as stack:
            out = sys.stdout.buffer if asked.output == "-" else stack.enter_context(open(asked.output, "wb"))
            number = write_sorted(ntriples(made), out)
        print(f"{number} triples", file=sys.stderr)
        return
    root = Path(asked.output)
    files = write_files(made, root)
    listed = [{"code": fault.code, "subject": fault.subject} for fault in planted]
    if planted:
        (root / "faults.json").write_text(json.dumps(listed, indent=1) + "\n", "utf-8")
    print(f"{files} files, {len(planted)} faults", file=sys.stderr)


if __name__ == "__main__":
    main()
