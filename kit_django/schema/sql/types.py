"""What a column's type names, and a default without its cast."""

from __future__ import annotations

from kit_django.schema.dialects.base import Dialect
from kit_django.schema.sql import nodes
from kit_django.schema.sql.expressions import parse
from kit_django.schema.sql.tokens import tokenize


def named_type(sql_type: str, dialect: Dialect) -> tuple[str | None, str] | None:
    """``audit.mood`` -> ``("audit", "mood")``; None for what has parts besides a name."""
    tokens = tokenize(sql_type, dialect)
    names = [
        token.name if token.kind == "quoted" else dialect.folded(token.name, quoted=False)
        for token in tokens
        if token.is_name
    ]
    between = [token.text for token in tokens if not token.is_name]
    if not names or len(names) > 2 or between != ["."] * (len(names) - 1):
        return None
    return (names[0], names[1]) if len(names) == 2 else (None, names[0])


def text_default(default: str | None, dialect: Dialect) -> str | None:
    """The text that a default is, as it is written: ``'a'::character varying`` -> ``'a'``."""
    tree = parse(default, dialect) if default else None
    operand = tree.operand if isinstance(tree, nodes.Cast) else tree
    if not isinstance(operand, nodes.Literal) or not isinstance(operand.value, str):
        return None
    first = next(iter(tokenize(default or "", dialect)))
    return first.text if first.kind == "string" else None
