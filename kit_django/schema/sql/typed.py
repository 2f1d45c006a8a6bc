"""The checks that come with a column's type."""

from __future__ import annotations

from typing import Any, Literal

from kit_django.schema.dialects.base import Dialect
from kit_django.schema.sql import nodes
from kit_django.schema.sql.nodes import Node
from kit_django.schema.sql.same import plainest

CheckKind = Literal["positive", "json", "labels"]


def kind_of_check(sql: str, column: str, dialect: Dialect) -> CheckKind | None:
    """Whether the check says ``column >= 0``, that the column is JSON, or which labels it takes."""
    tree = plainest(sql, dialect)
    name = dialect.folded(column)
    if tree is None:
        return None
    if _is_positive(tree, name):
        return "positive"
    if _is_json(tree, name):
        return "json"
    return "labels" if _labels(tree, name) else None


def labels_of_check(sql: str, column: str, dialect: Dialect) -> tuple[Any, ...]:
    """The values that the check takes of the column; none where it says something else."""
    tree = plainest(sql, dialect)
    return () if tree is None else _labels(tree, dialect.folded(column))


def _is_positive(tree: Node, name: str) -> bool:
    match tree:
        case nodes.Operation(">=", operand, nodes.Literal(0)):
            return _is_column(operand, name)
    return False


def _is_json(tree: Node, name: str) -> bool:
    match tree:
        case nodes.Function("JSON_VALID", (operand,)):
            return _is_column(operand, name)
        case nodes.Logical("OR", (valid, nodes.IsNull(operand, False))):
            return _is_json(valid, name) and _is_column(operand, name)
    return False


def _labels(tree: Node, name: str) -> tuple[Any, ...]:
    match tree:
        case nodes.In(operand, values) if _is_column(operand, name):
            labels = [each.value for each in values if isinstance(each, nodes.Literal)]
            return tuple(labels) if len(labels) == len(values) else ()
        case nodes.Operation("=", operand, nodes.Literal(value)) if _is_column(operand, name):
            return (value,)
    return ()


def _is_column(node: Node, name: str) -> bool:
    return isinstance(node, nodes.Column) and node.name == name
