"""Pages for people: start, search, one for each thing, comparisons, and named queries as forms."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.responses import HTMLResponse

from moagraph.errors import MoagraphError
from moagraph.names import BASE
from moagraph.table import Iri, Table

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from moagraph.serve.workbench import Workbench

MENU = (("/overlap", "Overlap"), ("/compare", "Compare"), ("/queries", "Questions"))
"""What the menu leads to."""

STANCES = {
    "Supports": "supports",
    "Refutes": "refutes",
    "NullResult": "looked for, not found",
    "Inconclusive": "inconclusive",
}

_TEMPLATES = Path(__file__).parent / "templates"


def environment() -> Any:
    """Gives the templates; whatever is put into them is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.tests["iri"] = lambda value: isinstance(value, Iri)
    made.globals.update(base=BASE, stances=STANCES)
    return made


class Page:
    """A page that is being made for a request."""

    def __init__(self, request: Request, template: str) -> None:
        self.bench: Workbench = request.app.state.bench
        self.request = request
        self.policy = request.query_params.get("policy") or self.bench.policy
        self._template = template

    def to(self, address: str) -> str:
        """Gives an address with the policy kept, where it is not the usual one."""
        if self.policy == self.bench.policy:
            return address
        return f"{address}{'&' if '?' in address else '?'}{urlencode({'policy': self.policy})}"

    def safe(self, text: str) -> Any:
        """Marks text as fit to stand in a page as it is."""
        from markupsafe import Markup

        return Markup(text)

    def made(self, status: int = 200, **values: Any) -> Response:
        """Gives the page."""
        from markupsafe import Markup

        templates = self.bench.templates
        known = self.policy in self.bench.graph.policies
        shared = {
            "to": self.to,
            "menu": MENU,
            "here": self.request.url.path,
            "parameters": self.request.query_params.multi_items(),
            "policies": self.bench.graph.policies,
            "policy": self.policy if known else self.bench.policy,
            "kept_policy": lambda: (
                Markup("")
                if self.policy == self.bench.policy
                else Markup('<input type="hidden" name="policy" value="{}">').format(self.policy)
            ),
        }
        parts = templates.get_template("parts.html").make_module(shared)
        shared |= {name: getattr(parts, name) for name in ("link", "links", "told", "tabled")}
        text = templates.get_template(self._template).render(**shared, **values)
        return HTMLResponse(text, status, {"vary": "accept"})


def told(request: Request, status: int, heading: str, words: str) -> Response:
    """Gives a page that says something."""
    return Page(request, "message.html").made(status, heading=heading, words=words)


def wrongly(request: Request, fault: MoagraphError, status: int = 400) -> Response:
    """Gives the page that says what was asked wrongly."""
    return told(request, status, "That cannot be asked", f"{fault.problem} {fault.fix}".strip())


def paged(make: Callable[[Request], Response]) -> Callable[[Request], Any]:
    """Gives the handler of a page, which is made aside, since reading the graph takes time."""

    async def handler(request: Request) -> Response:
        from moagraph.serve.protocol import Refused

        bench: Workbench = request.app.state.bench
        policy = request.query_params.get("policy") or bench.policy
        if policy not in bench.graph.policies:
            return told(request, 400, "There is no such policy", f"There are {', '.join(bench.graph.policies)}.")
        key = (str(request.url), request.headers.get("accept", ""))
        kept = bench.kept.get(key)
        if kept is not None:
            return kept
        try:
            response = await bench.aside(partial(make, request))
        except Refused as fault:
            return told(request, fault.status, "Everyone is busy", "Ask again in a moment.")
        except MoagraphError as fault:
            return wrongly(request, fault)
        bench.kept.put(key, response)
        return response

    return handler


QUESTIONS = (
    ("/compound/cortexin", "What is known of Cortexin?"),
    ("/queries/shared-mechanisms?compound=Cortexin", "Which compounds share a mechanism with Cortexin?"),
    ("/compare?compounds=Cortexin,+Cerebrolysin", "How do Cortexin and Cerebrolysin compare?"),
    ("/queries/contested-claims?ask=1", "Where do the sources disagree?"),
)

_GROUPS = (
    ("Compounds", "moa:Compound"),
    ("Mechanisms", "moa:Mechanism"),
    ("Receptors", "moa:Receptor"),
    ("Indications", "moa:Indication"),
    ("References", "moa:Reference"),
    ("Studies", "moa:Study"),
    ("Sources", "moa:Source"),
)


def start(request: Request) -> Response:
    """Gives the start page."""
    page = Page(request, "start.html")
    library = page.bench.library(page.policy)
    groups = []
    for heading, kind in _GROUPS:
        members = library.names.members(kind)
        labels = library.store.labels(members)
        things = sorted((Iri(iri, labels[iri]) for iri in members), key=lambda thing: (thing.label.casefold(), thing))
        groups.append((heading, things))
    looked_at = page.bench.graph.manifest.get("looked_at", {})
    shown = [f"{looked_at[name]:,} {name}" for name in ("claims", "evidence lines", "absences") if name in looked_at]
    return page.made(counts=f"{', '.join(shown)}." if shown else "", questions=QUESTIONS, groups=groups)


def queries(request: Request) -> Response:
    """Gives the list of named queries."""
    page = Page(request, "queries.html")
    return page.made(queries=list(page.bench.library(page.policy).queries.values()))


def query(request: Request) -> Response:
    """Gives the form of a named query, and its answer where it is asked."""
    page = Page(request, "query.html")
    library = page.bench.library(page.policy)
    found = library.queries.get(request.path_params["name"])
    if found is None:
        return told(
            request, 404, "There is no such question", "All that can be asked stand in the list of questions."
        )
    given = given_of(request, [(p.name, p.many) for p in found.params])
    table: Table | None = None
    problem: MoagraphError | None = None
    if "ask" in request.query_params or any(given.values()):
        try:
            table = library.ask(found.name, asking(given))
        except MoagraphError as fault:
            problem = fault
    offered = {p.name: [] if p.datatype else _called(library, p.types) for p in found.params}

    def link_of(format: str) -> str:
        pairs = [(name, value) for name, values in given.items() for value in values]
        pairs += [("policy", page.policy)] if page.policy != page.bench.policy else []
        return urlencode([*pairs, ("format", format)])

    return page.made(
        400 if problem else 200,
        query=found,
        given=given,
        table=table,
        problem=problem,
        offered=offered,
        link_of=link_of,
    )


def given_of(request: Request, parameters: Sequence[tuple[str, bool]]) -> dict[str, list[str]]:
    """Gives the values that a request has for each parameter; of one that takes several also cut at commas."""
    given = {}
    for name, many in parameters:
        values = [value.strip() for value in request.query_params.getlist(name)]
        if many:
            values = [part.strip() for value in values for part in value.split(",")]
        given[name] = [value for value in values if value]
    return given


def asking(given: Mapping[str, Sequence[str]]) -> dict[str, object]:
    """Gives values as a library takes them: one by itself, several as a list."""
    return {name: values[0] if len(values) == 1 else list(values) for name, values in given.items() if values}


def _called(library: Any, kinds: Sequence[str]) -> list[str]:
    members = [iri for kind in kinds for iri in library.names.members(kind)]
    labels = library.store.labels(members)
    return sorted({labels[iri] or iri for iri in members}, key=str.casefold)


def compare(request: Request) -> Response:
    """Gives compounds side by side."""
    from moagraph.compare import TABLES
    from moagraph.compare import compare as side_by_side

    page = Page(request, "compare.html")
    library = page.bench.library(page.policy)
    words = request.query_params.getlist("compounds")
    compounds = [part.strip() for word in words for part in word.split(",") if part.strip()]
    table = request.query_params.get("table") or "at-a-glance"
    beside, problem = "", None
    if compounds:
        try:
            beside = side_by_side(library, compounds, table).to_html()
        except MoagraphError as fault:
            problem = fault
    return page.made(
        400 if problem else 200,
        compounds=", ".join(compounds),
        known=_called(library, ["moa:Compound"]),
        table=table,
        tables=list(TABLES),
        beside=beside,
        problem=problem,
    )


def why(request: Request) -> Response:
    """Gives what two compounds share, with both sides' evidence and what speaks against it."""
    from moagraph.why import why as explained

    page = Page(request, "why.html")
    library = page.bench.library(page.policy)
    one, other = (request.query_params.get(name, "") for name in ("one", "other"))
    if not (one and other):
        return told(request, 400, "Two compounds are needed", "Name them as /why?one=cortexin&other=cerebrolysin.")
    return page.made(one=one, other=other, text=explained(library, one, other).to_text(100))


def search(request: Request) -> Response:
    """Gives what is called so, or nearly so."""
    page = Page(request, "search.html")
    asked = request.query_params.get("q", "").strip()[:200]
    found, exact = page.bench.finder(page.policy).find(asked) if asked else ([], True)
    return page.made(asked=asked, found=found, exact=exact)


_SCHEMA_TYPES = {
    "compound": "Drug",
    "condition": "MedicalCondition",
    "reference": "ScholarlyArticle",
    "study": "MedicalStudy",
}


def schema_of(thing: Iri, facts: Mapping[str, Sequence[Any]], kind: str) -> str:
    """Gives what search engines read of a thing (schema.org), as it may stand in a script element."""
    told: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": _SCHEMA_TYPES.get(kind, "DefinedTerm"),
        "@id": str(thing),
        "name": thing.label,
    }
    if facts.get("also called"):
        told["alternateName"] = [str(value) for value in facts["also called"]]
    if facts.get("what it is"):
        told["description"] = str(facts["what it is"][0])
    same = [str(v) for name in ("same as",) for v in facts.get(name, []) if isinstance(v, Iri)]
    if same:
        told["sameAs"] = same
    text = json.dumps(told, ensure_ascii=False, sort_keys=True)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
