"""The tree of an expression. It is the grouping: parentheses that group nothing else leave no trace."""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Column:
    """``name`` is as the dialect folds it; ``table`` is what stands before its dot."""

    name: str
    table: str = ""


@dataclass(frozen=True, slots=True)
class Literal:
    value: str | int | Decimal | bool | None


@dataclass(frozen=True, slots=True)
class Coded:
    """A string whose prefix says how it is read: ``x'0a'``."""

    prefix: str
    text: str


@dataclass(frozen=True, slots=True)
class Function:
    """``words`` stand between the arguments, or before them, where commas do not:
    ``EXTRACT(YEAR FROM x)`` has the word YEAR."""

    name: str
    arguments: tuple[Node, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cast:
    """``type`` is in lower case."""

    operand: Node
    type: str


@dataclass(frozen=True, slots=True)
class Operation:
    """``operator`` is in upper case; of unequal and equal there is one spelling, ``<>`` and ``=``."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Sign:
    """An operator before its one operand."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Logical:
    """``operator`` is AND or OR; no operand is one of the same operator."""

    operator: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Negation:
    operand: Node


@dataclass(frozen=True, slots=True)
class In:
    operand: Node
    values: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Between:
    operand: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class IsNull:
    operand: Node
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Is:
    """``IS TRUE``, ``IS NOT UNKNOWN`` and the like."""

    operand: Node
    word: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Quantified:
    """``left = ANY (right)``; ``quantifier`` is ANY or ALL."""

    operator: str
    quantifier: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Case:
    """``whens`` are pairs of a condition, or a value of the operand, and what is its result."""

    operand: Node | None
    whens: tuple[tuple[Node, Node], ...]
    otherwise: Node | None = None


@dataclass(frozen=True, slots=True)
class Items:
    """``kind`` is ARRAY or ROW."""

    kind: str
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Element:
    """``operand[index]``, ``operand[from:to]`` with two, either of which may be missing."""

    operand: Node
    index: tuple[Node | None, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """``(operand).name``."""

    operand: Node
    name: str


@dataclass(frozen=True, slots=True)
class Collation:
    operand: Node
    name: str


Node: TypeAlias = (
    Column
    | Literal
    | Coded
    | Function
    | Cast
    | Operation
    | Sign
    | Logical
    | Negation
    | In
    | Between
    | IsNull
    | Is
    | Quantified
    | Case
    | Items
    | Element
    | Part
    | Collation
)


def depth(tree: Node) -> int:
    """How many nodes stand within each other, found without recursion."""
    deepest, waiting = 0, [(tree, 1)]
    while waiting:
        node, level = waiting.pop()
        deepest = max(deepest, level)
        waiting += [(each, level + 1) for each in _inner(node)]
    return deepest


def _inner(node: Node) -> list[Node]:
    found: list[Node] = []
    waiting: list[object] = [getattr(node, each.name) for each in fields(node)]
    while waiting:
        value = waiting.pop()
        if isinstance(value, tuple):
            waiting += value
        elif isinstance(value, Node):
            found.append(value)
    return found
