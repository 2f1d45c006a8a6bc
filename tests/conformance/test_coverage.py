"""The suite leaves nothing out: each method that a migration can call, with each of its options."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from typing import TYPE_CHECKING, get_type_hints

import pytest

from kit_django.operations.builders.columns import ColumnChange
from kit_django.operations.builders.table import AlterTableBuilder, TableBuilder
from kit_django.operations.definitions.column import Modifiers
from kit_django.operations.schema import Schema

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
NO_OPERATIONS = {"perform", "operations", "touched", "connection", "cursor", "vendor"}
SAME = {"index": "create_index"}
BUILT_ON = {"add", "take_scripts", "reads_data", "refuse_loose_ends"}


def calls() -> Iterator[tuple[str, int, set[str]]]:
    """The name of each method that the suite calls, how many arguments, and which by name."""
    for path in HERE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                keywords = {each.arg for each in node.keywords if each.arg}
                yield node.func.attr, len(node.args), keywords


CALLS = list(calls())


def options(method: object) -> list[str]:
    """The names of a method's parameters, but for self and what any keyword may be."""
    parameters = list(inspect.signature(method).parameters.values())[1:]  # type: ignore[arg-type]
    return [each.name for each in parameters if each.kind is not each.VAR_KEYWORD]


def methods() -> Iterator[tuple[str, list[str]]]:
    for kind in (Schema, TableBuilder, AlterTableBuilder, ColumnChange):
        for name, method in inspect.getmembers(kind, inspect.isfunction):
            if not name.startswith("_") and name not in NO_OPERATIONS | BUILT_ON:
                yield name, options(method)


METHODS = {f"{name}({', '.join(found)})": (name, found) for name, found in methods()}


@pytest.mark.parametrize(("name", "found"), METHODS.values(), ids=METHODS.keys())
def test_each_option_is_used(name: str, found: list[str]) -> None:
    called_so = {name, SAME.get(name, name)}
    uses = [(count, keywords) for called, count, keywords in CALLS if called in called_so]
    assert uses, f"{name}() is not called"
    for position, option in enumerate(found):
        is_used = any(option in keywords or position < count for count, keywords in uses)
        assert is_used, f"{name}({option}=) is not used"


def test_each_modifier_is_used() -> None:
    used = {keyword for _, _, keywords in CALLS for keyword in keywords}
    assert set(get_type_hints(Modifiers)) - used == set()
