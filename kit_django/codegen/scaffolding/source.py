"""A migration's name, and its columns if any are given -> its source.

The source is formatted as the project's black would.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from kit_django.codegen.scaffolding.columns import TABLE, Column, parse_column
from kit_django.codegen.scaffolding.names import check_name, class_name, understand
from kit_django.codegen.scaffolding.templates import PLAIN, Template
from kit_django.exceptions import UsageError

INDENT = "    "


@dataclass(frozen=True, slots=True)
class Draft:
    """What a migration is to do. ``kind`` is a key of the bodies."""

    kind: str
    table: str = ""
    new: str = ""
    old: str = ""
    columns: tuple[Column, ...] = ()
    columns_are_given: bool = False


def draft(
    name: str, columns: Sequence[str] = (), create: str | None = None, table: str | None = None
) -> Draft:
    """What a migration of that name is to do.

    ``columns`` are specifications such as ``email:string:unique``; ``create`` and ``table`` say
    which table is made or altered where the name does not. Raises UsageError for what cannot be
    understood.
    """
    check_name(name)
    given = tuple(parse_column(each) for each in columns)
    _refuse_twice(given)
    if create is not None and table is not None:
        raise UsageError("--create and --table do not go together. Say one of them.")
    for each in (create, table):
        if each is not None and not TABLE.fullmatch(each):
            raise UsageError(f"{each!r} cannot be a table's name here. Use letters and digits.")
    if create is not None:
        return Draft("create", create, columns=given)
    return _as_named(name, given, table)


def _refuse_twice(columns: Sequence[Column]) -> None:
    names = [each.name for each in columns]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise UsageError(f"The column {twice!r} is given twice.")


def _as_named(name: str, given: tuple[Column, ...], table: str | None) -> Draft:
    kind, parts = understand(name)
    if table is not None and kind not in ("add", "remove", "rename column"):
        kind, parts = "alter", {}
    if kind == "alter" and given:
        kind = "add"
    if kind == "empty" and given:
        raise UsageError(
            f"{name!r} does not say which table the columns are for. Say it with --table TABLE, "
            f"or --create TABLE."
        )
    guessed = tuple(Column(each) for each in parts.get("columns", "").split("_and_") if each)
    return Draft(
        kind,
        table or parts.get("table", ""),
        new=parts.get("new", ""),
        old=parts.get("old", ""),
        columns=given or guessed,
        columns_are_given=bool(given),
    )


def migration_source(name: str, what: Draft, template: Template = PLAIN) -> str:
    """The source of a migration of that name, not formatted yet. Raises ConfigurationError."""
    up, down = _BODIES[what.kind](what)
    methods = [*_method("up", up), *(["", *_method("down", down)] if down else [])]
    return template.fill(
        name=name,
        class_name=class_name(name),
        table=what.table,
        methods="\n".join(methods).removeprefix(INDENT),
    )


# What up() and down() do, kind by kind: lists of lines, down's empty where it is derived

Bodies = tuple[list[str], list[str]]


def _create(what: Draft) -> Bodies:
    return _creation(what), [_line(2, "schema.drop_table", what.table)]


def _drop(what: Draft) -> Bodies:
    down = [_not_yet("table"), *_creation(what)]
    return [_line(2, "schema.drop_table", what.table)], down


def _creation(what: Draft) -> list[str]:
    return [
        _with("create_table", what.table),
        *([] if any(each.is_key for each in what.columns) else [f"{INDENT * 3}table.id()"]),
        *_column_lines(what.columns),
        f"{INDENT * 3}table.timestamps()",
    ]


def _add(what: Draft) -> Bodies:
    columns = what.columns
    if not what.columns_are_given:
        # A table that has rows takes no new column without a value for them.
        columns = tuple(each.nullable() for each in columns)
    return _adding(what.table, columns), _removing(what.table, reversed(columns))


def _remove(what: Draft) -> Bodies:
    up = _removing(what.table, what.columns)
    if what.columns_are_given:
        return up, _adding(what.table, what.columns)
    columns = tuple(each.nullable() for each in what.columns)
    return up, [_not_yet("column"), *_adding(what.table, columns)]


def _adding(table: str, columns: Iterable[Column]) -> list[str]:
    return [_with("alter_table", table), *_column_lines(columns)]


def _removing(table: str, columns: Iterable[Column]) -> list[str]:
    drops = [_line(3, "table.drop", each.name) for each in columns]
    return [_with("alter_table", table), *drops]


def _rename_column(what: Draft) -> Bodies:
    return (
        _renaming_column(what.table, what.old, what.new),
        _renaming_column(what.table, what.new, what.old),
    )


def _renaming_column(table: str, old: str, new: str) -> list[str]:
    return [_with("alter_table", table), _line(3, "table.rename", old, new)]


def _rename(what: Draft) -> Bodies:
    old, new = what.table, what.new
    return [_line(2, "schema.rename_table", old, new)], [_line(2, "schema.rename_table", new, old)]


def _alter(what: Draft) -> Bodies:
    return [_with("alter_table", what.table), f"{INDENT * 3}pass"], []


def _empty(_what: Draft) -> Bodies:
    return [f"{INDENT * 2}pass"], []


_BODIES = {
    "create": _create,
    "drop": _drop,
    "add": _add,
    "remove": _remove,
    "rename column": _rename_column,
    "rename": _rename,
    "alter": _alter,
    "empty": _empty,
}


# Lines


def _method(name: str, body: list[str]) -> list[str]:
    return [f"{INDENT}def {name}(self, schema: Schema) -> None:", *body]


def _not_yet(what: str) -> str:
    message = f"Say what the {what} was, then delete this."
    return f'{INDENT * 2}raise NotImplementedError("{message}")'


def _with(method: str, table: str) -> str:
    return f"{_line(2, f'with schema.{method}', table)} as table:"


def _column_lines(columns: Iterable[Column]) -> list[str]:
    return [_line(3, f"table.{each.method}", each.name, **dict(each.arguments)) for each in columns]


def _line(depth: int, call: str, *arguments: Any, **keywords: Any) -> str:
    said = [*map(repr, arguments), *(_keyword(*each) for each in keywords.items())]
    return f"{INDENT * depth}{call}({', '.join(said)})"


def _keyword(name: str, value: Any) -> str:
    """What an enum holds stands behind its name, as everybody writes it."""
    return repr(value) if name == "values" else f"{name}={value!r}"
