"""What a database says about its schema, as plain frozen values.

Nothing here is guessed and nothing is translated: a type, a default or an expression is the
database's own text. Two facts are equal when the database says the same of both, so
``introspect(connection)`` before and after a migration can be compared with ``==``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from kit_django.schema.around import Apart as Apart
from kit_django.schema.around import Node as Node
from kit_django.schema.around import Object as Object
from kit_django.schema.around import Settings as Settings
from kit_django.schema.around import Surroundings as Surroundings
from kit_django.schema.keys import Key as Key
from kit_django.schema.keys import display_name as display_name

Action = Literal["NO ACTION", "RESTRICT", "CASCADE", "SET NULL", "SET DEFAULT"]
Deferrable = Literal["immediate", "deferred"]
IdentityKind = Literal["always", "by default", "serial", "auto_increment", "autoincrement"]
ConstraintKind = Literal["primary key", "unique", "check", "foreign key", "exclusion"]
Kind = Literal[
    "table",
    "partitioned table",
    "partition",
    "foreign table",
    "virtual table",
    "view",
    "materialized view",
]


@dataclass(frozen=True, slots=True)
class Generated:
    """``GENERATED ALWAYS AS (expression)``; a virtual one is computed when it is read."""

    expression: str
    stored: bool


@dataclass(frozen=True, slots=True)
class Identity:
    """How a column numbers its rows.

    ``always`` and ``by default`` are SQL identity columns, ``serial`` a default that takes from
    an owned sequence, ``auto_increment`` MySQL's and MariaDB's, ``autoincrement`` SQLite's
    keyword. ``options`` holds what differs from the database's own defaults
    (``("start", "100")``).
    """

    kind: IdentityKind
    sequence: str = field(default="", compare=False)
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``default``, ``on_update`` and ``type`` are the database's own SQL.

    ``default`` is an expression that SQLite wants in parentheses behind DEFAULT; that of a serial
    column is its ``nextval(...)``; ``DEFAULT NULL`` is none. ``collation`` is None where the
    column has the default of its table or database. ``options`` holds what only one database
    has: ``("charset", "latin1")``, ``("inherited", "")``, on PostgreSQL 18 ``("not null", "name")``
    and ``("not null not valid", "")`` for rows that are spared, and on SQLite ``("rowid", "")`` for an
    ``INTEGER PRIMARY KEY``, which numbers its rows without AUTOINCREMENT too.
    """

    name: str
    type: str
    null: bool = True
    default: str | None = None
    collation: str | None = None
    comment: str = ""
    generated: Generated | None = None
    identity: Identity | None = None
    on_update: str | None = None
    invisible: bool = False
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PrimaryKey:
    """``name`` is None where the database keeps none (MySQL, unnamed ones on SQLite).

    The option ``parts`` has the key's SQL where columns are not all of it: ``"a" DESC`` or
    ``COLLATE`` on SQLite, a prefix length on MySQL. ``conflict`` is SQLite's ON CONFLICT.
    """

    kind: ClassVar[ConstraintKind] = "primary key"
    group: ClassVar[str] = "primary_key"
    columns: tuple[str, ...]
    name: str | None = None
    deferrable: Deferrable | None = None
    include: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Unique:
    """A UNIQUE constraint (not a bare unique index: that is an ``Index``)."""

    kind: ClassVar[ConstraintKind] = "unique"
    group: ClassVar[str] = "uniques"
    columns: tuple[str, ...]
    name: str | None = None
    deferrable: Deferrable | None = None
    nulls_distinct: bool = True
    include: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class IndexPart:
    """One key part of an index: a column or an expression, never both.

    ``length`` is MySQL's prefix length; ``nulls`` is ``"first"`` or ``"last"`` only where it is
    not the default of the direction; ``opclass`` and ``collation`` only where they are not the
    type's own.
    """

    column: str | None = None
    expression: str | None = None
    descending: bool = False
    nulls: str | None = None
    opclass: str | None = None
    collation: str | None = None
    length: int | None = None


@dataclass(frozen=True, slots=True)
class Index:
    """An index that no constraint owns. ``sql`` is its CREATE statement where the database keeps it.

    ``method`` is empty for the database's usual one (btree). MySQL's unique indexes are a
    ``Unique`` where that says all of them, and an ``Index`` where not (a prefix, an expression).
    """

    name: str
    parts: tuple[IndexPart, ...]
    unique: bool = False
    where: str | None = None
    include: tuple[str, ...] = ()
    method: str = ""
    nulls_distinct: bool = True
    valid: bool = True
    comment: str = ""
    options: tuple[tuple[str, str], ...] = ()
    sql: str = field(default="", compare=False)

    @property
    def columns(self) -> tuple[str, ...] | None:
        """The names of the columns where every part is a plain column, else None."""
        names = tuple(part.column for part in self.parts if part.column is not None)
        return names if len(names) == len(self.parts) else None


@dataclass(frozen=True, slots=True)
class Check:
    """``sql`` is the condition without the word CHECK and without the outermost parentheses.

    ``column`` is set where the database ties the check to one column (MariaDB).
    """

    kind: ClassVar[ConstraintKind] = "check"
    group: ClassVar[str] = "checks"
    sql: str
    name: str | None = None
    column: str | None = None
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A foreign key; ``to_schema`` is None where the other table is in the default schema."""

    kind: ClassVar[ConstraintKind] = "foreign key"
    group: ClassVar[str] = "foreign_keys"
    columns: tuple[str, ...]
    to_table: str
    to_columns: tuple[str, ...]
    name: str | None = None
    to_schema: str | None = None
    on_delete: Action = "NO ACTION"
    on_update: Action = "NO ACTION"
    deferrable: Deferrable | None = None
    match: str = "SIMPLE"
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Exclusion:
    """PostgreSQL's EXCLUDE constraint; ``sql`` is the text of ``pg_get_constraintdef``."""

    kind: ClassVar[ConstraintKind] = "exclusion"
    group: ClassVar[str] = "exclusions"
    name: str
    sql: str
    deferrable: Deferrable | None = None


CONSTRAINTS = (PrimaryKey, Unique, Check, ForeignKey, Exclusion)
Constraint = PrimaryKey | Unique | Check | ForeignKey | Exclusion
"""``kind`` is what messages call it, ``group`` where the table has it. Whatever names columns is
called ``columns``, ``include`` or ``sql``."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """``sql`` is the whole CREATE TRIGGER statement; ``options`` say when it does not fire."""

    name: str
    sql: str
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table, or with another ``kind`` what can be read like one.

    ``schema`` is None for the connection's default schema. ``options`` holds what only one
    database has: ``("engine", "InnoDB")``, ``("strict", "")``, ``("without rowid", "")``,
    ``("partition key", "RANGE (payment_date)")``, ``("inherits", "parent")``. ``sql`` is a
    view's query, or SQLite's CREATE statement, and is not compared for tables: SQLite
    edits that text in ways that change nothing.
    """

    name: str
    columns: tuple[Column, ...] = ()
    schema: str | None = None
    kind: Kind = "table"
    primary_key: PrimaryKey | None = None
    uniques: tuple[Unique, ...] = ()
    indexes: tuple[Index, ...] = ()
    checks: tuple[Check, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    comment: str = ""
    options: tuple[tuple[str, str], ...] = ()
    sql: str = field(default="", compare=False)

    @property
    def key(self) -> Key:
        """What tells the table from all others of its database."""
        return (self.schema, self.name)

    @property
    def display_name(self) -> str:
        """What messages call it."""
        return display_name(self.key)

    @property
    def constraints(self) -> tuple[Constraint, ...]:
        """All constraints in one list."""
        key = (self.primary_key,) if self.primary_key else ()
        return (*key, *self.uniques, *self.checks, *self.foreign_keys, *self.exclusions)

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple([column.name for column in self.columns])

    def has_column(self, name: str) -> bool:
        return name in self.column_names

    def column(self, name: str) -> Column:
        """The column of that name. Raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def option(self, name: str) -> str | None:
        return dict(self.options).get(name)


@dataclass(frozen=True, slots=True)
class View:
    """A view's defining query, kept apart from what its columns look like."""

    name: str
    sql: str
    schema: str | None = None
    materialized: bool = False


@dataclass(frozen=True, slots=True)
class Enum:
    """``sql_name`` is how the type of a column spells it, quoted and qualified where needed."""

    name: str
    labels: tuple[str, ...]
    schema: str | None = None
    sql_name: str = ""


@dataclass(frozen=True, slots=True)
class Domain:
    """``type`` is what it is made of, ``sql_name`` how the type of a column spells it."""

    name: str
    type: str
    null: bool = True
    default: str | None = None
    checks: tuple[Check, ...] = ()
    schema: str | None = None
    sql_name: str = ""
    collation: str | None = None


@dataclass(frozen=True, slots=True)
class Composite:
    """A type that is a row of columns; ``sql_name`` is how the type of a column spells it."""

    name: str
    columns: tuple[Column, ...]
    schema: str | None = None
    sql_name: str = ""


@dataclass(frozen=True, slots=True)
class Sequence:
    """A sequence of its own; one that a column owns and takes from is that column's identity."""

    name: str
    schema: str | None = None
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Database:
    """All that was read. ``tables`` also holds views where they were asked for, ordered by key.

    ``views`` holds the queries of those views, so that they are compared too.
    """

    vendor: str
    tables: tuple[Table, ...] = ()
    enums: tuple[Enum, ...] = ()
    domains: tuple[Domain, ...] = ()
    sequences: tuple[Sequence, ...] = ()
    composites: tuple[Composite, ...] = ()
    views: tuple[View, ...] = ()

    def find(self, name: str, schema: str | None = None) -> Table | None:
        for table in self.tables:
            if table.key == (schema, name):
                return table
        return None

    def __iter__(self) -> Iterator[Table]:
        return iter(self.tables)
