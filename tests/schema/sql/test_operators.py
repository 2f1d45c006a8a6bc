"""How tight operators are: the database says whether a text and its tree are worth the same."""

from __future__ import annotations

import random
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, transaction

from kit_django.schema.dialects import dialect_of
from kit_django.schema.sql import nodes
from kit_django.schema.sql.expressions import parse

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    from kit_django.schema.sql.nodes import Node

BETWEEN_OPERANDS = [
    "+",
    "-",
    "*",
    "/",
    "%",
    "&",
    "|",
    "<<",
    ">>",
    "=",
    "<>",
    "<",
    "<=",
    ">",
    ">=",
    "AND",
    "OR",
    "LIKE",
]
BEHIND = ["IS NULL", "IS NOT NULL", "BETWEEN 1 AND 2", "NOT BETWEEN a AND b", "NOT IN (1, b)"]
OWN_BETWEEN = {
    "sqlite": ["||", "==", "IS", "IS NOT", "NOT LIKE", "IS DISTINCT FROM", "GLOB", "->"],
    "postgresql": ["#", "^", "IS DISTINCT FROM", "!="],
    "mysql": ["^", "XOR", "<=>", "DIV", "MOD", "&&", "||", "NOT LIKE", "REGEXP"],
}
OWN_BEHIND = {
    "sqlite": ["ISNULL", "NOTNULL", "NOT NULL", "COLLATE NOCASE", "IS TRUE"],
    "postgresql": ["ISNULL", "::integer", "IS TRUE", "IS NOT FALSE"],
    "mysql": ["IS TRUE", "IS NOT FALSE"],
}
BEFORE = {"sqlite": "NOT - ~ +", "postgresql": "NOT - ~ + @", "mysql": "NOT - ~ ! BINARY"}


def made_up(vendor: str, chance: random.Random) -> str:
    """A few operands in a row, seldom with parentheses. Many are no SQL."""

    def operand() -> str:
        before = chance.choices(BEFORE[vendor].split(" "), k=chance.choice([0, 0, 0, 1, 1, 2]))
        inner = (
            chance.choice("abc1203") if chance.random() < 0.85 else f"({made_up(vendor, chance)})"
        )
        behind = [chance.choice(BEHIND + OWN_BEHIND[vendor])] if chance.random() < 0.3 else []
        return " ".join([*before, inner, *behind])

    text = operand()
    for _ in range(chance.randint(0, 4)):
        text += f" {chance.choice(BETWEEN_OPERANDS + OWN_BETWEEN[vendor])} {operand()}"
    return text


def grouped(node: Node | None) -> str:
    """The tree as SQL with every parenthesis."""
    match node:
        case nodes.Column(name):
            return name
        case nodes.Literal(value):
            return f"({'NULL' if value is None else value})"
        case nodes.Cast(operand, type_):
            return f"(CAST({grouped(operand)} AS {type_.replace('charset', 'character set')}))"
        case nodes.Operation(operator, left, right):
            return f"({grouped(left)} {operator} {grouped(right)})"
        case nodes.Sign(operator, operand):
            return f"({operator} {grouped(operand)})"
        case nodes.Logical(operator, operands):
            return f"({f' {operator} '.join(map(grouped, operands))})"
        case nodes.Negation(operand):
            return f"(NOT {grouped(operand)})"
        case nodes.In(operand, values):
            return f"({grouped(operand)} IN ({', '.join(map(grouped, values))}))"
        case nodes.Between(operand, low, high):
            return f"({grouped(operand)} BETWEEN {grouped(low)} AND {grouped(high)})"
        case nodes.IsNull(operand, negated):
            return f"({grouped(operand)} IS {'NOT ' * negated}NULL)"
        case nodes.Is(operand, word, negated):
            return f"({grouped(operand)} IS {'NOT ' * negated}{word})"
        case nodes.Collation(operand, name):
            return f"({grouped(operand)} COLLATE {name})"
    raise AssertionError(node)


def worth(connection: BaseDatabaseWrapper, sql: str) -> list[Any] | None:
    """What the expression is of each row; None where the database does not take it."""
    with suppress(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT {sql} FROM t ORDER BY id")
        return [value for (value,) in cursor.fetchall()]
    return None


def test_operators_are_as_tight_as_the_database_has_them(connection: BaseDatabaseWrapper) -> None:
    dialect, chance = dialect_of(connection), random.Random(7)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.execute("CREATE TABLE t (id integer, a integer, b integer, c integer)")
        cursor.execute(
            "INSERT INTO t VALUES (1, 1, 2, 3), (2, 0, 1, 2), (3, 2, 0, NULL), (4, -1, 3, 1), (5, NULL, 1, 0)"
        )
    compared = 0
    for _ in range(1200):
        sql = made_up(connection.vendor, chance)
        tree = parse(sql, dialect)
        found = worth(connection, sql) if tree else None
        if found is not None:
            compared += 1
            assert worth(connection, grouped(tree)) == found, sql
    assert compared > 100
