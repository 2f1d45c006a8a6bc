"""``make_migration``: a name, and columns if any are given -> a migration's source.

What a name says is read as Laravel reads it. The source is formatted as black would.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kit_django.exceptions import UsageError
from kit_django.operations.definitions.column_types import methods_without_arguments

LONGEST_NAME = 100
LINE_LENGTH = 88
INDENT = "    "

MODIFIERS = {
    "unique": "unique=True",
    "index": "index=True",
    "null": "null=True",
    "nullable": "null=True",
}

_SLUG = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_TABLE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)?")
_COLUMN = re.compile(r"[^\W\d]\w*")
_PATTERNS = {
    "create": re.compile(r"create_(?P<table>\w+)_table"),
    "drop": re.compile(r"drop_(?P<table>\w+)_table"),
    "add": re.compile(r"add_(?P<columns>\w+)_to_(?P<table>\w+?)(_table)?"),
    "remove": re.compile(r"(drop|remove)_(?P<columns>\w+)_from_(?P<table>\w+?)(_table)?"),
    "rename column": re.compile(
        r"rename_(?P<old>\w+?)_to_(?P<new>\w+)_(in|on)_(?P<table>\w+?)(_table)?"
    ),
    "rename": re.compile(r"rename_(?P<table>\w+?)(_table)?_to_(?P<new>\w+?)(_table)?"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column as the command line says it: ``email:string:unique``."""

    name: str
    type: str = "string"
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """What a migration is to do. ``kind`` is a key of the patterns, ``alter`` or ``empty``."""

    kind: str
    table: str = ""
    new: str = ""
    old: str = ""
    columns: tuple[Column, ...] = ()
    columns_are_given: bool = False


def migration_source(
    name: str, columns: Sequence[str] = (), create: str | None = None, table: str | None = None
) -> str:
    """The source of a migration of that name.

    ``columns`` are specifications such as ``email:string:unique``; ``create`` and ``table`` say
    which table is made or altered where the name does not. Raises UsageError for what cannot be
    understood.
    """
    check_name(name)
    draft = _draft(name, tuple(parse_column(each) for each in columns), create, table)
    up, down = _BODIES[draft.kind](draft)
    lines = [
        "from kit_django import Migration, Schema",
        "",
        "",
        *_call(0, f"class {class_name(name)}", ["Migration"], ":"),
        *_method("up", up),
        *(["", *_method("down", down)] if down else []),
    ]
    return "\n".join(lines) + "\n"


def check_name(name: str) -> None:
    """Raises UsageError for a name that no migration file can have."""
    if len(name) > LONGEST_NAME:
        raise UsageError(
            f"The name has {len(name)} characters. Use at most {LONGEST_NAME}, and say the rest "
            f"in a comment."
        )
    if not _SLUG.fullmatch(name):
        raise UsageError(
            f"{name!r} cannot be a migration's name: it must be small letters, digits and "
            f"underscores, and begin with a letter, as in create_posts_table."
        )
    if keyword.iskeyword(name):
        raise UsageError(
            f"{name!r} is a word of Python's. Say what the migration does, as in "
            f"create_posts_table."
        )


def class_name(name: str) -> str:
    """``create_posts_table`` -> ``CreatePostsTable``; never a name that is taken in the file."""
    camel = "".join(part[0].upper() + part[1:] for part in name.split("_") if part)
    taken = camel in ("Migration", "Schema") or keyword.iskeyword(camel)
    return f"{camel}Migration" if taken else camel


def parse_column(text: str) -> Column:
    """``email:string:unique`` or ``user_id:foreign_id:users:null``. Raises UsageError."""
    name, *words = text.split(":")
    kind = words.pop(0) if words else "string"
    if not _COLUMN.fullmatch(name):
        raise UsageError(f"{text!r} is no column. Write name:type, as in email:string:unique.")
    known = methods_without_arguments()
    if kind not in known:
        raise UsageError(f"{text!r} is of no known type. Types: {', '.join(sorted(known))}.")
    arguments: list[str] = []
    if kind in ("foreign_id", "foreign_uuid"):
        arguments.append(f'references="{_referenced_table(text, words)}"')
    for word in words:
        if word not in MODIFIERS:
            raise UsageError(
                f"{text!r} says {word!r}, which is none of {', '.join(sorted(MODIFIERS))}."
            )
        arguments.append(MODIFIERS[word])
    return Column(name, kind, tuple(dict.fromkeys(arguments)))


def _referenced_table(text: str, words: list[str]) -> str:
    if not words or not _TABLE.fullmatch(words[0]) or words[0] in MODIFIERS:
        raise UsageError(f"{text!r} must say which table it refers to: user_id:foreign_id:users.")
    return words.pop(0)


def _draft(name: str, given: tuple[Column, ...], create: str | None, table: str | None) -> Draft:
    if create is not None and table is not None:
        raise UsageError("--create and --table do not go together. Say one of them.")
    for each in (create, table):
        if each is not None and not _TABLE.fullmatch(each):
            raise UsageError(f"{each!r} cannot be a table's name here. Use letters and digits.")
    if create is not None:
        return Draft("create", create, columns=given)
    kind, parts = _understand(name)
    if table is not None and kind not in ("add", "remove", "rename column"):
        return Draft("add" if given else "alter", table, columns=given, columns_are_given=True)
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


def _understand(name: str) -> tuple[str, dict[str, str]]:
    for kind, pattern in _PATTERNS.items():
        match = pattern.fullmatch(name)
        if match:
            return kind, match.groupdict()
    return "empty", {}


# What up() and down() do, kind by kind: lists of lines, down's empty where it is derived

Bodies = tuple[list[str], list[str]]


def _create(draft: Draft) -> Bodies:
    return _creation(draft), _call(2, "schema.drop_table", [_text(draft.table)])


def _drop(draft: Draft) -> Bodies:
    down = [_not_yet("table"), *_creation(draft)]
    return _call(2, "schema.drop_table", [_text(draft.table)]), down


def _creation(draft: Draft) -> list[str]:
    return [
        *_with("create_table", draft.table),
        f"{INDENT * 3}table.id()",
        *_column_lines(draft.columns),
        f"{INDENT * 3}table.timestamps()",
    ]


def _add(draft: Draft) -> Bodies:
    columns = draft.columns
    if not draft.columns_are_given:
        # A table that has rows takes no new column without a value for them.
        columns = tuple(Column(each.name, each.type, ("null=True",)) for each in columns)
    return _adding(draft.table, columns), _removing(draft.table, reversed(columns))


def _remove(draft: Draft) -> Bodies:
    up = _removing(draft.table, draft.columns)
    if draft.columns_are_given:
        return up, _adding(draft.table, draft.columns)
    columns = tuple(Column(each.name, each.type, ("null=True",)) for each in draft.columns)
    return up, [_not_yet("column"), *_adding(draft.table, columns)]


def _adding(table: str, columns: Iterable[Column]) -> list[str]:
    return [*_with("alter_table", table), *_column_lines(columns)]


def _removing(table: str, columns: Iterable[Column]) -> list[str]:
    drops = [_call(3, "table.drop", [_text(each.name)]) for each in columns]
    return [*_with("alter_table", table), *(line for lines in drops for line in lines)]


def _rename_column(draft: Draft) -> Bodies:
    return (
        _renaming_column(draft.table, draft.old, draft.new),
        _renaming_column(draft.table, draft.new, draft.old),
    )


def _renaming_column(table: str, old: str, new: str) -> list[str]:
    return [*_with("alter_table", table), *_call(3, "table.rename", [_text(old), _text(new)])]


def _rename(draft: Draft) -> Bodies:
    old, new = _text(draft.table), _text(draft.new)
    return (
        _call(2, "schema.rename_table", [old, new]),
        _call(2, "schema.rename_table", [new, old]),
    )


def _alter(draft: Draft) -> Bodies:
    return [*_with("alter_table", draft.table), f"{INDENT * 3}pass"], []


def _empty(_draft: Draft) -> Bodies:
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


# Lines, broken where black breaks them


def _method(name: str, body: list[str]) -> list[str]:
    return [f"{INDENT}def {name}(self, schema: Schema) -> None:", *body]


def _not_yet(what: str) -> str:
    message = f"Say what the {what} was, then delete this."
    return f'{INDENT * 2}raise NotImplementedError("{message}")'


def _with(method: str, table: str) -> list[str]:
    return _call(2, f"with schema.{method}", [_text(table)], " as table:")


def _column_lines(columns: Iterable[Column]) -> list[str]:
    return [
        line
        for each in columns
        for line in _call(3, f"table.{each.type}", [_text(each.name), *each.arguments])
    ]


def _call(depth: int, head: str, arguments: list[str], tail: str = "") -> list[str]:
    indent = INDENT * depth
    line = f"{indent}{head}({', '.join(arguments)}){tail}"
    if len(line) <= LINE_LENGTH:
        return [line]
    inner = f"{indent}{INDENT}{', '.join(arguments)}"
    if len(inner) <= LINE_LENGTH or len(arguments) == 1:
        return [f"{indent}{head}(", inner, f"{indent}){tail}"]
    each = [f"{indent}{INDENT}{argument}," for argument in arguments]
    return [f"{indent}{head}(", *each, f"{indent}){tail}"]


def _text(name: str) -> str:
    return f'"{name}"'
