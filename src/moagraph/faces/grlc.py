"""A named query as a grlc server takes it: its decorators, and parameters by their names there.

grlc puts a value into the text where `?_name_iri` or `?_name_integer` stands, so these stand in one BIND each at the
top, and the query below is unchanged; `?__name_iri` may be left out, which leaves the variable free, or gives the
default. Names have letters and digits alone there: `reporter_kind` is `reporterKind`.
"""

from __future__ import annotations

import re
from typing import Any

from moagraph.faces.examples import from_graphs, graphs_of, without_header
from moagraph.faces.manual import takes
from moagraph.library import Library
from moagraph.names import PREFIXES, expand
from moagraph.query import Parameter, Query, opening_of
from moagraph.store import literal_term
from moagraph.values import canonical

_XSD_LINE = f"PREFIX xsd: <{PREFIXES['xsd']}>"


def name_in_grlc(parameter: Parameter) -> str:
    """Gives the name of a parameter in grlc's addresses.

    >>> name_in_grlc(Parameter("reporter_kind", ("moa:AgentKind",)))
    'reporterKind'
    """
    return re.sub(r"_+([A-Za-z0-9])", lambda m: m[1].upper(), parameter.name.strip("_"))


def variable_in_grlc(parameter: Parameter) -> str:
    """Gives the variable that grlc replaces by a value.

    >>> variable_in_grlc(Parameter("n", ("xsd:decimal",), optional=True))
    '?__n_xsd_decimal'
    """
    kind = "iri" if parameter.datatype is None else parameter.datatype.replace(":", "_")
    marks = "_" if parameter.required else "__"
    return f"?{marks}{name_in_grlc(parameter)}_{'integer' if kind == 'xsd_integer' else kind}"


def grlc(library: Library, query: Query, endpoint: str | None = None) -> str:
    """Gives the query as a `.rq` file for a grlc server.

    Args:
        library: what examples and enumerations are looked up in, and the policy.
        query: the query.
        endpoint: address of the endpoint to be asked; without one grlc's `endpoint.txt` or address must say it.
    """
    text = without_header(query.text)
    binds = "".join(_bind(library, parameter) for parameter in query.params)
    at = opening_of(text)
    text = from_graphs(f"{text[:at]}{binds}{text[at:]}", graphs_of(library.policy))
    if "xsd:" in binds or any(p.datatype for p in query.params):
        text = text if _XSD_LINE in text else f"{_XSD_LINE}\n{text}"
    return _header(library, query, endpoint) + text


def _bind(library: Library, parameter: Parameter) -> str:
    variable = variable_in_grlc(parameter)
    if parameter.default:
        (default,) = parameter.default
        datatype = parameter.datatype
        if datatype is not None:
            term = literal_term(canonical(default, datatype), expand(datatype) or datatype)
        else:
            term = f"<{library.names.resolve(default, parameter.types)}>"
        variable = f"COALESCE({variable}, {term})"
    return f"\n  BIND ({variable} AS ?{parameter.name})"


def _header(library: Library, query: Query, endpoint: str | None) -> str:
    import yaml

    def in_grlc(parameter: Parameter, word: str) -> str:
        if parameter.datatype is not None:
            return canonical(word, parameter.datatype)
        return library.names.resolve(word, parameter.types)

    lines = [query.asks]
    lines += [f"{name_in_grlc(p)}: {takes(p, 'by IRI')}." for p in query.params]
    if any(p.many for p in query.params):
        lines.append("Here one value can be given; ask moagraph itself about several together.")
    lines.append(f"Policy of evidence: {library.policy}. Nothing here is medical advice.")
    header: dict[str, Any] = {"summary": query.summary, "description": "\n".join(lines)}
    if endpoint:
        header["endpoint"] = endpoint
    header |= {"method": "GET", "tags": list(query.tags)}
    defaults = [{name_in_grlc(p): in_grlc(p, p.example)} for p in query.params if p.required or p.default]
    if defaults:
        header["defaults"] = defaults
    enumerations = [{name_in_grlc(p): [in_grlc(p, word) for word in p.enum]} for p in query.params if p.enum]
    if enumerations:
        header["enumerate"] = enumerations
    text = yaml.safe_dump(header, allow_unicode=True, sort_keys=False, width=110)
    return "".join(f"#+ {line}\n" for line in text.splitlines())
