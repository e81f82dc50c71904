"""Things and what people call them: labels, synonyms, codes, CURIEs and slugs, without regard to case."""

from __future__ import annotations

from collections.abc import Iterable

from moagraph.errors import AmbiguousThing, UnknownThing
from moagraph.names import BASE, compact, expand, local_name
from moagraph.store import Store, iri_term

NAMED_BY = ("skos:prefLabel", "skos:altLabel", "skos:notation", "moa:identifier")
"""The properties whose values are names of a thing."""


class Names:
    """The names of things in a store, by class."""

    def __init__(self, store: Store, policy: str) -> None:
        self._store = store
        self._policy = policy
        self._by_class: dict[str, dict[str, set[str]]] = {}

    def of_class(self, kind: str) -> dict[str, set[str]]:
        """Gives for each folded name the IRIs of the class's members that have it."""
        if kind not in self._by_class:
            names: dict[str, set[str]] = {}
            for iri, called in self.listing(kind).items():
                slug = local_name(iri)
                for name in (slug, compact(iri), iri, slug.replace("_", " "), *called):
                    names.setdefault(name.casefold(), set()).add(iri)
            self._by_class[kind] = names
        return self._by_class[kind]

    def _is_a(self, iri: str, kind: str) -> bool:
        try:
            node = iri_term(iri)
        except ValueError:
            return False
        return self._store.answer(f"ASK {{ {node} a {_class(kind)} }}", self._policy) is True

    def members(self, kind: str) -> list[str]:
        """Gives the IRIs of a class's members in order."""
        query = f"SELECT DISTINCT ?thing WHERE {{ ?thing a {_class(kind)} }} ORDER BY ?thing"
        return [str(cell) for cell in self._store.select(query, self._policy).column("thing")]

    def listing(self, kind: str) -> dict[str, list[str]]:
        """Gives a class's members by IRI, each with labels and synonyms in all languages and codes, in order."""
        found: dict[str, list[str]] = {iri: [] for iri in self.members(kind)}
        query = f"SELECT ?thing ?name WHERE {{ ?thing a {_class(kind)} ; {'|'.join(NAMED_BY)} ?name }}"
        for thing, name in self._store.select(query, self._policy).cells:
            found[str(thing)].append(str(name))
        return {iri: sorted(set(names)) for iri, names in found.items()}

    def resolve(self, word: str, kinds: Iterable[str]) -> str:
        """Gives the IRI of the thing that a word names, in one of the classes.

        Raises:
            UnknownThing: nothing has that name; offers the nearest ones.
            AmbiguousThing: several things have it.
        """
        kinds = list(kinds)
        if len(kinds) == 1:
            # Within a kind slug and CURIE are unique, so they need no look at all the names.
            folder = kinds[0].partition(":")[2].lower()
            iri = f"{BASE}{folder}/{word.removeprefix(f'{folder}:')}"
            if self._is_a(iri, kinds[0]):
                return iri
        known: list[str] = []
        found: set[str] = set()
        for kind in kinds:
            names = self.of_class(kind)
            found |= names.get(word.strip().casefold(), set())
            known += names
        if not found:
            shown = [name for name in known if ":" not in name]
            raise UnknownThing(word, " or ".join(k.partition(":")[2] or k for k in kinds), shown)
        if len(found) > 1:
            raise AmbiguousThing(word, [compact(iri) for iri in found])
        return found.pop()


def _class(kind: str) -> str:
    return iri_term(expand(kind) or kind)
