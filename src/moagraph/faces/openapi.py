"""The OpenAPI 3.1 description of the named queries: `GET /api/<query>` with typed parameters, answered by a Table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from moagraph import __version__
from moagraph.faces.manual import takes
from moagraph.query import Parameter, Query
from moagraph.table import Column
from moagraph.values import DATATYPES, canonical, cell_of

_SCHEMAS: dict[str, dict[str, Any]] = {
    "xsd:integer": {"type": "integer", "format": "int64"},
    "xsd:decimal": {"type": "string", "pattern": rf"^{DATATYPES['xsd:decimal'].pattern}$"},
    "xsd:boolean": {"type": "boolean"},
    "xsd:date": {"type": "string", "format": "date"},
    "xsd:string": {"type": "string"},
    "xsd:anyURI": {"type": "string", "format": "uri"},
    "xsd:double": {"type": "number"},
}
_THING = {"$ref": "#/components/schemas/Thing"}
_NOTICE = (
    "What sources claim about nootropic peptide preparations, on what evidence, and what speaks against it. "
    "Nothing here is medical advice."
)


def openapi(queries: Iterable[Query], policies: Mapping[str, str], default_policy: str, server: str = "/") -> str:
    """Gives the description as JSON; the same queries and policies give the same text.

    Args:
        queries: the named queries.
        policies: names of the policies of evidence, with their summaries.
        default_policy: the one that holds where none is named.
        server: address at which `/api/` is served.
    """
    paths = {f"/api/{query.name}": {"get": _operation(query)} for query in queries}
    policy = {
        "name": "policy",
        "in": "query",
        "description": "Which evidence lines count. " + " ".join(f"{n}: {about}" for n, about in policies.items()),
        "schema": {"type": "string", "enum": list(policies), "default": default_policy},
    }
    document = {
        "openapi": "3.1.0",
        "info": {
            "title": "moagraph",
            "version": __version__,
            "summary": "Named questions to a graph of claims and their evidence",
            "description": _NOTICE,
            "license": {"name": "CC0 1.0 (data)", "identifier": "CC0-1.0"},
        },
        "servers": [{"url": server}],
        "paths": paths,
        "components": {"parameters": {"policy": policy}, "schemas": _shared(), "responses": _mistake()},
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _operation(query: Query) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = [_parameter(p) for p in query.params]
    parameters.append({"$ref": "#/components/parameters/policy"})
    return {
        "operationId": query.name.replace("-", "_"),
        "summary": query.summary,
        "description": query.asks,
        "tags": list(query.tags),
        "parameters": parameters,
        "responses": {
            "200": {
                "description": "The answer, in a total order; decimals are strings, so that no digit is lost.",
                "content": {"application/json": {"schema": _table(query)}},
            },
            "400": {"$ref": "#/components/responses/Mistake"},
        },
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    one: dict[str, Any] = dict(_SCHEMAS[parameter.datatype or "xsd:string"])
    if parameter.enum:
        one["enum"] = [_json(parameter, word) for word in parameter.enum]
    schema: dict[str, Any] = {"type": "array", "items": one, "minItems": 1}
    if parameter.default:
        schema["default"] = [_json(parameter, word) for word in parameter.default]
    several = (
        "Several are asked about together." if parameter.many else "Several are asked about one after the other."
    )
    about = f"{parameter.about[:1].upper()}{parameter.about[1:]}: " if parameter.about else ""
    return {
        "name": parameter.name,
        "in": "query",
        "required": parameter.required,
        "description": f"{about}{takes(parameter)}. {several}",
        "style": "form",
        "explode": True,
        "schema": schema,
        "example": [_json(parameter, word) for word in parameter.examples],
    }


def _json(parameter: Parameter, word: str) -> Any:
    if parameter.datatype in ("xsd:integer", "xsd:boolean"):
        return cell_of(canonical(word, parameter.datatype), parameter.datatype)
    return word


def _table(query: Query) -> dict[str, Any]:
    each = [p for p in query.params if not p.many]
    properties = {f"for_{p.name}": _cell(Column(f"for_{p.name}", p.type)) for p in each}
    properties |= {column.name: _cell(column) for column in query.columns}
    row = {
        "type": "object",
        "properties": properties,
        "required": [column.name for column in query.columns],
        "additionalProperties": False,
    }
    if each:
        row["description"] = "The for_ columns are there where several values were asked about one after the other."
    return {
        "type": "object",
        "required": ["columns", "rows"],
        "properties": {
            "columns": {"type": "array", "items": {"$ref": "#/components/schemas/Column"}},
            "rows": {"type": "array", "items": row},
        },
    }


def _cell(column: Column) -> dict[str, Any]:
    kind = column.type.removesuffix("*")
    if column.many:
        return {"type": "array", "items": _THING, "description": f"Things of the class {kind}."}
    if kind not in _SCHEMAS:
        schemas = [_THING, {"type": "string"}] if kind == "rdfs:Resource" else [_THING]
        return {"oneOf": [*schemas, {"type": "null"}], "description": f"A thing of the class {kind}."}
    schema = dict(_SCHEMAS[kind])
    schema.pop("pattern", None)
    return {**schema, "type": [schema["type"], "null"]}


def _shared() -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "Thing": {
            "type": "object",
            "required": ["id", "label"],
            "properties": {
                "id": {**text, "description": "CURIE, or IRI in angle brackets.", "examples": ["compound:cortexin"]},
                "label": {**text, "examples": ["Cortexin"]},
            },
        },
        "Column": {
            "type": "object",
            "required": ["name", "type"],
            "properties": {
                "name": text,
                "type": {
                    **text,
                    "description": "Class or datatype as a CURIE, with a star where a cell holds several.",
                },
            },
        },
        "Mistake": {
            "type": "object",
            "required": ["code", "problem", "fix"],
            "properties": {
                "code": {**text, "examples": ["unknown-thing"]},
                "problem": text,
                "fix": {**text, "description": "How to ask instead; may be empty."},
            },
        },
    }


def _mistake() -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Mistake"}
    return {
        "Mistake": {
            "description": "The question was asked wrongly.",
            "content": {"application/json": {"schema": schema}},
        }
    }
