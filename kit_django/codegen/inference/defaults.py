"""A column's default -> db_default, in Django's words where Django makes the same of them."""

from __future__ import annotations

import re
from collections.abc import Hashable
from decimal import Decimal
from functools import cache

from kit_django.codegen.inference.conditions import KINDS
from kit_django.schema.constructs import Call, Value
from kit_django.schema.dialects import Dialect
from kit_django.schema.facts import Column
from kit_django.schema.sql import nodes
from kit_django.schema.sql.expressions import parse
from kit_django.schema.sql.same import meaning

NOW = Call("django.db.models.functions.Now")
TRANSACTION_NOW = Call("django.contrib.postgres.functions.TransactionNow")
# Fields that conditions know nothing of: what their defaults may be.
DEFAULT_KINDS = {
    **KINDS,
    "ArrayField": "array",
    "BinaryField": "binary",
    "DatabaseTypeField": "any",
    "GenericIPAddressField": "text",
    "JSONField": "json",
}
EMPTY_CONTAINERS: dict[tuple[str, str], Value] = {
    ("array", "{}"): [],
    ("json", "[]"): [],
    ("json", "{}"): {},
}


def db_default(column: Column, call: Call, dialect: Dialect) -> Value:
    """The value of ``db_default``, or None where the column has no default to speak of."""
    text = column.default
    if text is None or column.generated or _is_numbered(column):
        return None
    if text.upper() == "NULL":
        return None
    if (known := _known(text, dialect)) is not None:
        return known
    literal = _literal(text, _kind(call), dialect)
    return raw(text, dialect) if literal is None else literal


def raw(text: str, dialect: Dialect | None = None) -> Call:
    """The database's own words as an expression.

    For a default of some databases, Django fills parameters into the text, and so takes ``%`` for
    more than a percent sign.
    """
    written = text.replace("%", "%%") if dialect and dialect.fills_defaults else text
    return Call("django.db.models.expressions.RawSQL", written, [])


def _is_numbered(column: Column) -> bool:
    return column.identity is not None and column.identity.kind != "serial"


def _known(text: str, dialect: Dialect) -> Call | None:
    found = meaning(text, dialect)
    if found in _meanings(dialect.statement_times, dialect):
        return NOW
    if found in _meanings(dialect.transaction_times, dialect):
        return TRANSACTION_NOW
    if found in _meanings(dialect.random_uuids, dialect):
        return Call("django.contrib.postgres.functions.RandomUUID")
    match found:
        case nodes.Function(name, ()) if name in dialect.time_functions:
            return raw("CURRENT_TIMESTAMP")
        case nodes.Function(name, (nodes.Literal(int(digits)),)) if name in dialect.time_functions:
            return raw(f"CURRENT_TIMESTAMP({digits})")
    return None


@cache
def _meanings(texts: frozenset[str], dialect: Dialect) -> frozenset[Hashable]:
    return frozenset(meaning(text, dialect) for text in texts)


def _kind(call: Call) -> str:
    """What values the field has; a json that is no jsonb has none of its own."""
    if call.name == "TypedJSONField":
        return ""
    return DEFAULT_KINDS.get(call.name.removeprefix("Typed"), "")


def _literal(text: str, kind: str, dialect: Dialect) -> Value:
    """A plain value, where the field would hand it to the database as it stands there."""
    node, casts = parse(text, dialect), 0
    while isinstance(node, nodes.Cast):
        node, casts = node.operand, casts + 1
    if not isinstance(node, nodes.Literal):
        return None
    value = node.value
    if kind == "any":  # 'now'::text::timestamp is another one than 'now'::timestamp
        return value if isinstance(value, str) and casts <= 1 else None
    if isinstance(value, str):
        return _from_string(value, kind, dialect)
    if isinstance(value, bool):
        return value if kind == "boolean" else None
    if kind == "boolean" and value in (0, 1):
        return bool(value)
    if kind in ("integer", "relation"):
        return value if isinstance(value, int) else None
    if kind == "decimal" and value is not None:
        return value
    if kind == "float" and value is not None:
        return float(value) if isinstance(value, Decimal) else value
    return None


def _from_string(value: str, kind: str, dialect: Dialect) -> Value:
    """``'0'`` is a number to a numeric column."""
    if kind == "text":
        return value
    if kind == "binary":
        return b"" if value == dialect.empty_bytes else None
    if kind in ("array", "json"):
        return EMPTY_CONTAINERS.get((kind, value)) if dialect.empty_containers else None
    if kind == "boolean":
        return None if dialect.has_booleans else {"0": False, "1": True}.get(value)
    if kind in ("integer", "decimal", "float") and re.fullmatch(r"-?\d+", value):
        return int(value)
    if kind in ("decimal", "float") and re.fullmatch(r"-?\d+\.\d+", value):
        return float(value) if kind == "float" else Decimal(value)
    return None
