"""What a table is made of: columns, rows, and what stands in cells (things, numbers, truth values, text)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, Union

from moagraph.names import PREFIXES, compact

if TYPE_CHECKING:
    from decimal import Decimal

_XSD = PREFIXES["xsd"]


class Iri(str):
    """An IRI that knows how people call the thing.

    >>> Iri("https://w3id.org/moagraph/compound/cortexin", "Cortexin").label
    'Cortexin'
    >>> Iri("https://w3id.org/moagraph/claim/a_binds_b").label
    'claim:a_binds_b'
    """

    _label: str | None

    def __new__(cls, iri: str, label: str | None = None) -> Iri:
        """Makes an IRI; without a label its CURIE serves as one."""
        self = super().__new__(cls, iri)
        self._label = label
        return self

    @property
    def curie(self) -> str:
        """The CURIE, or the IRI in angle brackets where no known prefix fits."""
        return compact(str(self))

    @property
    def label(self) -> str:
        """What people call it."""
        return self._label or self.curie


class Literal(str):
    """Text with a datatype that has no Python type here, or with a language.

    >>> Literal("2021-05-01", "http://www.w3.org/2001/XMLSchema#date").datatype
    'http://www.w3.org/2001/XMLSchema#date'
    """

    datatype: str
    language: str

    def __new__(cls, text: str, datatype: str, language: str = "") -> Literal:
        """Makes a literal of its text, the full IRI of its datatype and its language tag."""
        self = super().__new__(cls, text)
        self.datatype, self.language = datatype, language
        return self


class Blank(str):
    """A node without a name, such as `_:b0`; it means the same node within one answer only."""


Scalar: TypeAlias = Union[Iri, Literal, Blank, str, int, float, "Decimal", bool, None]
Cell: TypeAlias = Scalar | tuple[Scalar, ...]


class Column(NamedTuple):
    """A named column. `type` is a class or datatype as a CURIE, followed by `*` where a cell may hold several."""

    name: str
    type: str = "rdfs:Resource"

    @property
    def many(self) -> bool:
        """Whether a cell of the column holds several values."""
        return self.type.endswith("*")

    @property
    def heading(self) -> str:
        """The name as people read it."""
        return self.name.replace("_", " ")


class Row(tuple[Cell, ...]):
    """One row of a table, its cells by name or by position.

    >>> row = Row.of(("n", "class"), (1, "a"))
    >>> row.n, row["class"], row[0], row
    (1, 'a', 1, Row(n=1, class='a'))
    """

    _fields: tuple[str, ...]

    @classmethod
    def of(cls, fields: tuple[str, ...], cells: tuple[Cell, ...]) -> Row:
        """Makes a row of the names of its cells, and the cells."""
        self = cls(cells)
        self._fields = fields
        return self

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, str):
            if key not in self._fields:
                raise KeyError(f"no column {key!r}; there are {', '.join(self._fields)}")
            key = self._fields.index(key)
        return super().__getitem__(key)

    def __getattr__(self, name: str) -> Any:
        if name in self.__dict__.get("_fields", ()):
            return self[name]
        raise AttributeError(f"a row has no column {name!r}")

    def __repr__(self) -> str:
        return f"Row({', '.join(f'{name}={cell!r}' for name, cell in self.to_dict().items())})"

    def to_dict(self) -> dict[str, Cell]:
        """Gives the cells by name."""
        return dict(zip(self._fields, self, strict=True))


def text_of(cell: Cell, iris: bool) -> str:
    """Gives a cell as people read it: things by label, or by IRI on request."""
    if cell is None:
        return ""
    if isinstance(cell, tuple):
        return "; ".join(text_of(part, iris) for part in cell)
    if isinstance(cell, Iri):
        return str(cell) if iris else cell.label
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return str(cell)


def jsonable(cell: Cell, iris: bool) -> Any:
    """Gives a cell as JSON has it: things as objects with `id` and `label`, or as IRIs on request."""
    if isinstance(cell, tuple):
        return [jsonable(part, iris) for part in cell]
    if isinstance(cell, Iri):
        return str(cell) if iris else {"id": cell.curie, "label": cell.label}
    if cell is None or isinstance(cell, str | int | float):
        return cell
    return str(cell)


def term_json(cell: Cell) -> dict[str, str]:
    """Gives a cell as a term of SPARQL results: its kind, its text, and datatype or language."""
    if isinstance(cell, tuple):
        cell = " ".join(text_of(part, iris=True) for part in cell)
    if isinstance(cell, Iri):
        return {"type": "uri", "value": str(cell)}
    if isinstance(cell, Blank):
        return {"type": "bnode", "value": cell.removeprefix("_:")}
    if isinstance(cell, Literal):
        if cell.language:
            return {"type": "literal", "value": str(cell), "xml:lang": cell.language}
        return {"type": "literal", "value": str(cell), "datatype": cell.datatype}
    if isinstance(cell, str):
        return {"type": "literal", "value": cell}
    if isinstance(cell, bool):
        return {"type": "literal", "value": "true" if cell else "false", "datatype": f"{_XSD}boolean"}
    if isinstance(cell, float):
        value = repr(cell).replace("inf", "INF").replace("nan", "NaN")
        return {"type": "literal", "value": value, "datatype": f"{_XSD}double"}
    return {
        "type": "literal",
        "value": str(cell) if isinstance(cell, int) else f"{cell:f}",
        "datatype": f"{_XSD}integer" if isinstance(cell, int) else f"{_XSD}decimal",
    }


def term_xml(cell: Cell) -> str:
    """Gives a cell as an element of SPARQL results in XML."""
    from xml.sax.saxutils import escape, quoteattr

    term = term_json(cell)
    # XML has no place for control characters, not even escaped: a mark shows that one stood there.
    text = escape("".join(c if c in "\t\n\r" or c >= " " else "\ufffd" for c in term["value"]))
    if term["type"] != "literal":
        return f"<{term['type']}>{text}</{term['type']}>"
    marks = "".join(f" {key}={quoteattr(term[key])}" for key in ("xml:lang", "datatype") if key in term)
    return f"<literal{marks}>{text}</literal>"
