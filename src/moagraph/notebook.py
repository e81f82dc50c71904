"""Magics for notebooks: `%load_ext moagraph`, then `%ask QUERY PARAMETER=VALUE …` and `%%sparql`.

Both ask one graph, which is opened at the first use: `%moagraph` opens it anew with other arguments, such as
`%moagraph --policy everything --data my-folder`. `%%sparql --to NAME` keeps the answer in a variable.
"""

from __future__ import annotations

import argparse
import shlex
from typing import Any, NoReturn

from moagraph.api import DEFAULT_POLICY, Graph
from moagraph.api import open as open_graph
from moagraph.errors import AskedWrongly, MoagraphError
from moagraph.store import Triples
from moagraph.table import Table


class _Words(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise AskedWrongly(message, self.format_usage().strip())


def _parser(name: str) -> _Words:
    words = _Words(prog=name, add_help=False)
    words.add_argument("--policy", help="which evidence counts")
    return words


class Magics:
    """The magics of one notebook, and the graph that they ask."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._graphs: dict[str, Graph] = {}
        self._given: dict[str, Any] = {}
        self._policy = DEFAULT_POLICY

    def _graph(self, policy: str | None) -> Graph:
        name = policy or self._policy
        if name not in self._graphs:
            self._graphs[name] = open_graph(policy=name, **self._given)
        return self._graphs[name]

    def moagraph(self, line: str) -> None:
        """Chooses what is asked: `%moagraph [--policy NAME] [--data PATH]… [--no-packaged-data] [--endpoint URL]`."""
        words = _parser("%moagraph")
        words.add_argument("--data", action="append", default=[])
        words.add_argument("--no-packaged-data", action="store_true")
        words.add_argument("--endpoint")
        words.add_argument("--root")
        given = words.parse_args(shlex.split(line))
        for graph in self._graphs.values():
            graph.close()
        self._graphs = {}
        self._policy = given.policy or DEFAULT_POLICY
        self._given = {
            "data": given.data,
            "packaged_data": not given.no_packaged_data,
            "endpoint": given.endpoint,
            "root": given.root,
        }
        graph = self._graph(None)
        print(f"asked under policy {graph.policy}; {graph.unchecked:,} unchecked triples of your own")

    def ask(self, line: str) -> Table:
        """Asks a named query: `%ask shared-mechanisms compound=cortexin [--policy NAME]`."""
        words = _parser("%ask")
        words.add_argument("query")
        words.add_argument("values", nargs="*")
        given = words.parse_args(shlex.split(line))
        values: dict[str, list[str]] = {}
        for word in given.values:
            key, equals, value = word.partition("=")
            if not equals:
                raise AskedWrongly(f"{word!r} is not of the form PARAMETER=VALUE", "%ask QUERY compound=cortexin")
            values.setdefault(key, []).append(value)
        return self._graph(given.policy).library.ask(given.query, values)

    def sparql(self, line: str, cell: str) -> Table | Triples | None:
        """Runs the cell as SPARQL: a table for SELECT, Turtle for CONSTRUCT, true or false for ASK."""
        words = _parser("%%sparql")
        words.add_argument("--to", metavar="NAME", help="a variable to keep the answer in")
        given = words.parse_args(shlex.split(line))
        answer = self._graph(given.policy).sparql(cell)
        if given.to:
            self._shell.push({given.to: answer})
        if isinstance(answer, bool):
            print("true" if answer else "false")
            return None
        return answer


def load(shell: Any) -> None:
    """Gives a notebook's shell the magics; a mistake is shown in its own words, without a traceback."""
    magics = Magics(shell)
    shell.register_magic_function(magics.ask, "line", "ask")
    shell.register_magic_function(magics.sparql, "cell", "sparql")
    shell.register_magic_function(magics.moagraph, "line", "moagraph")

    def told(
        _shell: Any, _kind: type[BaseException], error: BaseException, _trace: Any, tb_offset: Any = None
    ) -> None:
        del tb_offset
        print(error)

    shell.set_custom_exc((MoagraphError,), told)
