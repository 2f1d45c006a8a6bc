"""What a CREATE TABLE and a CREATE INDEX statement say, as plain values."""

from __future__ import annotations

from dataclasses import dataclass

from kit_django.schema.facts import Deferrable


@dataclass(frozen=True, slots=True)
class KeyDefinition:
    """A PRIMARY KEY or UNIQUE; ``conflict`` is the word behind ON CONFLICT."""

    columns: tuple[str, ...]
    name: str | None = None
    conflict: str | None = None


@dataclass(frozen=True, slots=True)
class CheckDefinition:
    sql: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class ReferenceDefinition:
    """A FOREIGN KEY; ``to_columns`` is empty where the statement leaves them out."""

    columns: tuple[str, ...]
    to_table: str
    to_columns: tuple[str, ...] = ()
    name: str | None = None
    deferrable: Deferrable | None = None


@dataclass(frozen=True, slots=True)
class ColumnDefinition:
    """``default_word`` is the ``active`` of ``DEFAULT active``, which SQLite takes for a string."""

    name: str
    type: str = ""
    collation: str | None = None
    autoincrement: bool = False
    generated: str = ""
    default_word: str | None = None
    not_null_conflict: str | None = None


@dataclass(frozen=True, slots=True)
class TableDefinition:
    columns: tuple[ColumnDefinition, ...] = ()
    primary_key: KeyDefinition | None = None
    uniques: tuple[KeyDefinition, ...] = ()
    checks: tuple[CheckDefinition, ...] = ()
    references: tuple[ReferenceDefinition, ...] = ()
    strict: bool = False
    without_rowid: bool = False


@dataclass(frozen=True, slots=True)
class IndexDefinition:
    """The text of each key part without its direction, and that of the condition."""

    parts: tuple[str, ...] = ()
    where: str | None = None
