"""Made-up expressions, each as its tree and as text with more or fewer parentheses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from kit_django.schema.dialects import dialect_named

if TYPE_CHECKING:
    from kit_django.schema.dialects import Dialect

DIALECTS = [dialect_named(vendor) for vendor in ("sqlite", "postgresql", "mysql")]
# From the loosest to the tightest, as all three databases have it.
LEVELS = [("OR",), ("AND",), ("=", "<", "<>"), ("+", "-"), ("*", "/")]
TIGHTEST = len(LEVELS)
Tree = str | tuple[str, "Tree", "Tree"]


@dataclass(frozen=True)
class MadeUp:
    """``written`` has blanks, case and parentheses of any kind, ``grouped`` every parenthesis."""

    tree: Tree
    written: str
    grouped: str


def level_of(operator: str) -> int:
    return next(level for level, operators in enumerate(LEVELS) if operator in operators)


def trees(dialect: Dialect) -> st.SearchStrategy[Tree]:
    quoted = st.sampled_from(["a", "b", "c d"]).map(dialect.quote_name)
    leaves = quoted | st.sampled_from(
        ["1", "2.5", "'x ('", "''", f"lower({dialect.quote_name('a')})"]
    )
    operators = st.sampled_from([operator for level in LEVELS for operator in level])
    return st.recursive(leaves, lambda inner: st.tuples(operators, inner, inner), max_leaves=8)


def grouped(tree: Tree) -> str:
    if isinstance(tree, str):
        return tree
    operator, left, right = tree
    return f"({grouped(left)} {operator} {grouped(right)})"


@st.composite
def expressions(draw: st.DrawFn, dialect: Dialect) -> MadeUp:
    tree = draw(trees(dialect))
    return MadeUp(tree, draw(_written(tree, 0)), grouped(tree))


@st.composite
def _written(draw: st.DrawFn, tree: Tree, level: int) -> str:
    """The tree with the parentheses that it needs at that level, and now and then more."""
    blank = draw(st.sampled_from([" ", "  ", "\n", " /* ) */ "]))
    if isinstance(tree, str):
        text, own = tree, TIGHTEST
    else:
        operator, left, right = tree
        own = level_of(operator)
        is_comparison = operator in LEVELS[2]
        before = draw(_written(left, own + is_comparison))
        behind = draw(_written(right, own + 1))
        text = (
            f"{before}{blank}{draw(st.sampled_from([operator, operator.lower()]))}{blank}{behind}"
        )
    pairs = draw(st.integers(0, 2)) or (own < level)
    return "(" * pairs + text + ")" * pairs
