"""What a column's default is, where that is more than a value."""

from __future__ import annotations

from kit_django.schema.dialects.base import Dialect
from kit_django.schema.sql import nodes
from kit_django.schema.sql.expressions import parse


def is_null(sql: str, dialect: Dialect) -> bool:
    """Whether it is NULL, whatever that is cast to."""
    tree = parse(sql, dialect)
    while isinstance(tree, nodes.Cast):
        tree = tree.operand
    return isinstance(tree, nodes.Literal) and tree.value is None


def is_nextval(sql: str | None, dialect: Dialect) -> bool:
    """Whether PostgreSQL takes it from a sequence."""
    match parse(sql or "", dialect):
        case nodes.Function("NEXTVAL" | "PG_CATALOG.NEXTVAL", (nodes.Cast(_, "regclass"),)):
            return True
    return False
