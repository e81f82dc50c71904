"""Values of parameters: which datatypes there are, and the one spelling under which every engine means the same.

A literal is bound in its canonical form, since engines differ over others: Oxigraph reads `0.50` as `0.5`, rdflib
keeps it, and numbers beyond 64 bits are unbound in one and right in the other. What could not mean the same
everywhere is refused.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from moagraph.errors import BadValue
from moagraph.names import expand

if TYPE_CHECKING:
    from moagraph.table import Scalar


class Datatype(NamedTuple):
    """A datatype that a parameter may have.

    Attributes:
        words: what its values are, for people.
        pattern: a regular expression that its values match.
        python: the Python type that they have.
        example: one of them.
    """

    words: str
    pattern: str
    python: str
    example: str


DATATYPES = {
    "xsd:integer": Datatype("a whole number", r"[+-]?[0-9]{1,19}", "int", "42"),
    "xsd:decimal": Datatype("a decimal number", r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?", "Decimal", "0.5"),
    "xsd:boolean": Datatype("true or false", r"true|false|1|0", "bool", "true"),
    "xsd:date": Datatype("a date without a time zone", r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "date", "2026-11-25"),
    "xsd:string": Datatype("text", r"(?s:.*)", "str", "text"),
    "xsd:anyURI": Datatype(
        "a web address", r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|^`\\]+", "str", "https://example.org/"
    ),
}
"""The datatypes of parameters. Years are xsd:integer: engines compare xsd:gYear differently."""


def text_of(value: object) -> str:
    """Gives a value of Python or YAML as people would type it.

    >>> text_of(True), text_of(3), text_of(0.5), text_of("x")
    ('true', '3', '0.5', 'x')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        from decimal import Decimal

        return format(Decimal(repr(value)), "f")
    # Not isinstance of Decimal: a cached ask would pay for its import.
    return format(value, "f") if type(value).__name__ == "Decimal" else str(value)


def canonical(text: str, datatype: str) -> str:
    """Gives the one spelling of a value that every engine takes for the same.

    >>> canonical("+007", "xsd:integer"), canonical("0.50", "xsd:decimal"), canonical("1", "xsd:boolean")
    ('7', '0.5', 'true')

    Raises:
        ValueError: the text is no value of the datatype, or one over which engines differ.
    """
    if not re.fullmatch(DATATYPES[datatype].pattern, text) or "\x00" in text:
        raise ValueError(f"{text!r} is no {datatype}")
    text.encode("utf-8")  # half a character pair is no text
    if datatype == "xsd:integer":
        number = int(text)
        if not -(2**63) <= number < 2**63:
            raise ValueError(f"{text!r} is beyond the 64 bits that all engines have")
        return str(number)
    if datatype == "xsd:decimal":
        from decimal import Decimal

        plain = format(Decimal(text), "f")
        plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
        return "0" if plain == "-0" else plain
    if datatype == "xsd:boolean":
        return {"1": "true", "0": "false"}.get(text, text)
    if datatype == "xsd:date":
        from datetime import date

        date.fromisoformat(text)
    return text


def literal(text: str, datatype: str, said: str, example: str) -> str:
    """Gives the canonical spelling of a value.

    Args:
        text: what was given.
        datatype: one of `DATATYPES`.
        said: what the value is of, for the message, such as `since of studies-by-year`.
        example: how it would be right, such as `since=2020`.

    Raises:
        BadValue: says which pattern values have to match, and gives an example.
    """
    try:
        return canonical(text, datatype)
    except ValueError:
        kind = DATATYPES[datatype]
        shown = "" if datatype in ("xsd:string", "xsd:boolean") else f", which matches {kind.pattern}"
        raise BadValue(
            f"{said} is {kind.words} ({datatype}){shown}; {text!r} is none", f"for example {example}"
        ) from None


def cell_of(text: str, datatype: str) -> Scalar:
    """Gives a canonical literal as the cell of a table."""
    if datatype == "xsd:integer":
        return int(text)
    if datatype == "xsd:boolean":
        return text == "true"
    if datatype == "xsd:decimal":
        from decimal import Decimal

        return Decimal(text)
    if datatype == "xsd:string":
        return text
    from moagraph.table import Literal

    return Literal(text, expand(datatype) or datatype)
