"""What a shell may complete: queries, their parameters and values, policies, formats and things.

Only what is at hand is offered: the store that was built last, without a look at whether files have changed, and
nothing where none was built. A fault is no completion, and no message: it would land in the user's line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from moagraph.errors import MoagraphError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from moagraph.api import Graph
    from moagraph.query import Parameter

Words = list[str] | list["CompletionItem[str]"]
Completer = Callable[[click.Context, click.Parameter, str], Words]

SHELLS = ("bash", "zsh", "fish")


def silent(completer: Completer) -> Completer:
    """Makes a completer that offers nothing where the user's world has a fault."""

    @wraps(completer)
    def quiet(context: click.Context, parameter: click.Parameter, incomplete: str) -> Words:
        try:
            return completer(context, parameter, incomplete)
        except (MoagraphError, OSError, ValueError, KeyError):
            return []

    return quiet


def _graph(context: click.Context) -> Graph | None:
    """Gives the graph as it was last built, or None where that would take building it."""
    from moagraph import api
    from moagraph.cli.options import places_at
    from moagraph.places import cache, known_generation
    from moagraph.policy import is_plain

    root = context.params.get("root")
    root = Path(root) if root is not None else None
    if known_generation(places_at(root), cache(), last_good=True) is None:
        return None
    policy = context.params.get("policy") or api.DEFAULT_POLICY
    # One that would have to be derived first offers what the usual one does.
    return api.open(root, policy=policy if is_plain(policy) else api.DEFAULT_POLICY, last_good=True)


def _items(offered: Iterable[tuple[str, str | None]], incomplete: str) -> Words:
    """Gives those words that begin as what was typed, without regard to case, each with its help."""
    from click.shell_completion import CompletionItem

    start = incomplete.casefold()
    return [
        CompletionItem(word, "more" if word.endswith("=") else "plain", " ".join(about.split()) if about else None)
        for word, about in offered
        if word.casefold().startswith(start)
    ]


def words(*known: str) -> Completer:
    """Gives a completer of fixed words."""

    def fixed(context: click.Context, parameter: click.Parameter, incomplete: str) -> Words:  # noqa: ARG001
        return _items([(word, None) for word in known], incomplete)

    return fixed


def files(context: click.Context, parameter: click.Parameter, incomplete: str) -> Words:  # noqa: ARG001
    """Leaves it to the shell to complete names of files."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, "file")]


@silent
def queries(context: click.Context, parameter: click.Parameter, incomplete: str) -> Words:  # noqa: ARG001
    """Gives the names of the queries, with their summaries."""
    graph = _graph(context)
    if graph is not None:
        return _items([(q.name, q.summary) for q in graph.library.queries.values()], incomplete)
    from moagraph.cli.options import places_at

    root = context.params.get("root")
    found = sorted(places_at(Path(root) if root is not None else None).queries.glob("*.rq"))
    return _items([(path.stem, None) for path in found], incomplete)


@silent
def values(context: click.Context, parameter: click.Parameter, incomplete: str) -> Words:  # noqa: ARG001
    """Gives the parameters of the query that was named, and after the `=` of one its values."""
    graph = _graph(context)
    if graph is None:
        return []
    query = graph.library.find(str(context.params.get("name")))
    key, equals, text = incomplete.partition("=")
    if not equals:
        given = {value.partition("=")[0] for value in context.params.get("values") or ()}
        left = [p for p in query.params if p.name not in given] or query.params
        return _items([(f"{p.name}=", p.about) for p in left], key)
    asked = query.parameter(key)
    if asked is None:
        return []
    return [_prefixed(item, f"{key}=") for item in _values(graph, asked, text)]


def _prefixed(item: Any, prefix: str) -> Any:
    item.value = f"{prefix}{item.value}"
    return item


def _values(graph: Graph, asked: Parameter, text: str) -> Words:
    if asked.enum:
        return _items([(word, None) for word in asked.enum], text)
    if asked.datatype == "xsd:boolean":
        return _items([("true", None), ("false", None)], text)
    if asked.datatype is not None:
        return _items([(word, None) for word in asked.default or asked.examples], text)
    return _things(graph, asked.types, text)


def _things(graph: Graph, kinds: Iterable[str], text: str) -> Words:
    """Gives the members of classes by the last part of their IRI, or by CURIE where one is begun.

    Where none begins so, those are given that some other name of begins so, in whatever language.
    """
    from moagraph.names import compact, local_name

    names = graph.library.names
    members = sorted({iri for kind in kinds for iri in names.members(kind)})
    name = compact if ":" in text else local_name
    labels = graph.store.labels(members)
    found = _items([(name(iri), labels[iri]) for iri in members], text)
    if found or not text:
        return found
    start = text.casefold()
    also = {iri for kind in kinds for iri, called in names.listing(kind).items() if _begins(called, start)}
    return _items([(local_name(iri), labels[iri]) for iri in sorted(also)], "")


def _begins(called: Iterable[str], start: str) -> bool:
    return any(name.casefold().startswith(start) for name in called)


def things(*kinds: str) -> Completer:
    """Gives a completer of the members of classes."""

    @silent
    def members(context: click.Context, parameter: click.Parameter, incomplete: str) -> Words:  # noqa: ARG001
        graph = _graph(context)
        return _things(graph, kinds, incomplete) if graph is not None else []

    return members


@silent
def authors(context: click.Context, parameter: click.Parameter, incomplete: str) -> Words:  # noqa: ARG001
    """Gives the names of authors, as references print them."""
    graph = _graph(context)
    if graph is None:
        return []
    query = "SELECT DISTINCT ?name WHERE { ?reference moa:authorName ?name } ORDER BY ?name"
    return _items([(str(name), None) for (name,) in graph.store.select(query, graph.policy).cells], incomplete)


@silent
def policies(context: click.Context, parameter: click.Parameter, incomplete: str) -> Words:
    """Gives the policies of evidence, with their summaries; after a `+` those that are not named yet.

    What begins no name is left to the shell, since it may name a file.
    """
    context.params.pop("policy", None)  # the one that is being typed is no policy yet
    graph = _graph(context)
    start, plus, last = incomplete.rpartition("+")
    named = set(start.split("+"))
    left = [(name, about) for name, about in graph.policies.items() if name not in named] if graph is not None else []
    return [_prefixed(item, start + plus) for item in _items(left, last)] or files(context, parameter, incomplete)


@click.command()
@click.argument("shell", metavar="bash|zsh|fish", shell_complete=words(*SHELLS))
def completion(shell: str) -> None:
    """Print the script that makes a shell complete moagraph's commands, queries, parameters and values.

    bash: eval "$(moagraph completion bash)", in ~/.bashrc to keep it; zsh: the same in ~/.zshrc, after compinit;
    fish: moagraph completion fish > ~/.config/fish/completions/moagraph.fish
    """
    from moagraph.cli.shells import script
    from moagraph.errors import UnknownFormat

    if shell not in SHELLS:
        raise UnknownFormat(shell, SHELLS)
    click.echo(script(shell), nl=False)
