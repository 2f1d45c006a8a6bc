"""Operations on what a schema holds besides tables and views: types, sequences, extensions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kit_django.exceptions import Irreversible, NotSupported, OperationError
from kit_django.operations.base import Operation
from kit_django.schema import facts, statements
from kit_django.schema.catalog import table_key

if TYPE_CHECKING:
    from kit_django.operations.engines.base import Engine


@dataclass(frozen=True)
class CreateEnum(Operation):
    """A type of PostgreSQL's; other databases say the same in the column."""

    name: str
    labels: tuple[str, ...]

    def perform(self, engine: Engine) -> None:
        if engine.catalog.dialect.enums == "type":
            schema, name = table_key(self.name)
            enum = facts.Enum(name, self.labels, schema)
            engine.execute(statements.enum_statement(engine.dialect, enum))
            engine.catalog.put_enum((schema, name), enum)

    def inverse(self) -> tuple[Operation, ...]:
        return (DropEnum(self.name, self.labels, if_exists=True),)

    def describe(self) -> str:
        return f"create enum type {self.name!r}"


@dataclass(frozen=True)
class DropEnum(Operation):
    """``labels`` make the drop reversible; one that is called after a column may be gone with it."""

    name: str
    labels: tuple[str, ...] = ()
    if_exists: bool = False

    def perform(self, engine: Engine) -> None:
        if engine.catalog.dialect.enums == "type":
            word = "IF EXISTS " if self.if_exists else ""
            engine.execute(f"DROP TYPE {word}{_qualified(engine, self.name)}")
            engine.catalog.put_enum(table_key(self.name), None)

    def inverse(self) -> tuple[Operation, ...]:
        if not self.labels:
            raise Irreversible(f"{self.describe()} does not say what its labels were.")
        return (CreateEnum(self.name, self.labels),)

    def describe(self) -> str:
        return f"drop enum type {self.name!r}"


@dataclass(frozen=True)
class CreateDomain(Operation):
    """PostgreSQL's domain: a type with conditions. ``check`` and ``default`` are SQL."""

    name: str
    type: str
    check: str | None = None
    default: str | None = None
    null: bool = True

    def perform(self, engine: Engine) -> None:
        _require(engine, "domains")
        words = [f"CREATE DOMAIN {_qualified(engine, self.name)} AS {self.type}"]
        words += [f"DEFAULT {self.default}"] if self.default is not None else []
        words += [] if self.null else ["NOT NULL"]
        words += [f"CHECK ({self.check})"] if self.check else []
        engine.execute(" ".join(words))

    def inverse(self) -> tuple[Operation, ...]:
        return (DropType(self.name, was=self),)

    def describe(self) -> str:
        return f"create domain {self.name!r}"


@dataclass(frozen=True)
class CreateType(Operation):
    """PostgreSQL's composite type: pairs of an attribute's name and its type."""

    name: str
    attributes: tuple[tuple[str, str], ...]

    def perform(self, engine: Engine) -> None:
        _require(engine, "composite types")
        attributes = ", ".join(
            f"{engine.dialect.quote_name(name)} {sql_type}" for name, sql_type in self.attributes
        )
        engine.execute(f"CREATE TYPE {_qualified(engine, self.name)} AS ({attributes})")

    def inverse(self) -> tuple[Operation, ...]:
        return (DropType(self.name, was=self),)

    def describe(self) -> str:
        return f"create type {self.name!r}"


@dataclass(frozen=True)
class DropType(Operation):
    """Drop a composite type or a domain; ``was`` makes it reversible."""

    name: str
    was: CreateType | CreateDomain | None = None

    def perform(self, engine: Engine) -> None:
        _require(engine, "types of their own")
        # DROP TYPE takes domains too.
        engine.execute(f"DROP TYPE {_qualified(engine, self.name)}")

    def inverse(self) -> tuple[Operation, ...]:
        if self.was is None:
            raise Irreversible(f"{self.describe()} does not say what the type was.")
        return (self.was,)

    def describe(self) -> str:
        return f"drop type {self.name!r}"


@dataclass(frozen=True)
class CreateSequence(Operation):
    """A sequence of its own, on PostgreSQL and MariaDB."""

    name: str
    start: int = 1
    increment: int = 1

    def perform(self, engine: Engine) -> None:
        _require(engine, "sequences")
        engine.execute(
            f"CREATE SEQUENCE {_qualified(engine, self.name)} "
            f"START WITH {int(self.start)} INCREMENT BY {int(self.increment)}"
        )

    def inverse(self) -> tuple[Operation, ...]:
        return (DropSequence(self.name, was=self),)

    def describe(self) -> str:
        return f"create sequence {self.name!r}"


@dataclass(frozen=True)
class DropSequence(Operation):
    """``was`` makes the drop reversible; the numbers begin anew."""

    name: str
    was: CreateSequence | None = None

    def perform(self, engine: Engine) -> None:
        _require(engine, "sequences")
        engine.execute(f"DROP SEQUENCE {_qualified(engine, self.name)}")

    def inverse(self) -> tuple[Operation, ...]:
        if self.was is None:
            raise Irreversible(f"{self.describe()} does not say where the sequence began.")
        return (self.was,)

    def describe(self) -> str:
        return f"drop sequence {self.name!r}"


@dataclass(frozen=True)
class CreateExtension(Operation):
    """PostgreSQL's extension. One that is there already is left as it is, as in Django."""

    name: str

    def perform(self, engine: Engine) -> None:
        _require(engine, "extensions")
        name = engine.dialect.quote_name(self.name)
        engine.execute(f"CREATE EXTENSION IF NOT EXISTS {name}")

    def inverse(self) -> tuple[Operation, ...]:
        return (DropExtension(self.name),)

    def describe(self) -> str:
        return f"create extension {self.name!r}"


@dataclass(frozen=True)
class DropExtension(Operation):
    name: str

    def perform(self, engine: Engine) -> None:
        _require(engine, "extensions")
        engine.execute(f"DROP EXTENSION IF EXISTS {engine.dialect.quote_name(self.name)}")

    def inverse(self) -> tuple[Operation, ...]:
        return (CreateExtension(self.name),)

    def describe(self) -> str:
        return f"drop extension {self.name!r}"


@dataclass(frozen=True)
class CreateSchema(Operation):
    """PostgreSQL's schema: a folder of tables, ``audit`` in ``audit.events``."""

    name: str
    if_not_exists: bool = False

    def perform(self, engine: Engine) -> None:
        _require(engine, "schemas")
        word = "IF NOT EXISTS " if self.if_not_exists else ""
        engine.execute(f"CREATE SCHEMA {word}{engine.dialect.quote_name(self.name)}")

    def inverse(self) -> tuple[Operation, ...]:
        if self.if_not_exists:
            raise Irreversible(
                f"{self.describe()} with if_not_exists may not have made the schema. Write down()."
            )
        return (DropSchema(self.name),)

    def describe(self) -> str:
        return f"create schema {self.name!r}"


@dataclass(frozen=True)
class DropSchema(Operation):
    """Drop a schema that is empty."""

    name: str

    def perform(self, engine: Engine) -> None:
        _require(engine, "schemas")
        engine.execute(f"DROP SCHEMA {engine.dialect.quote_name(self.name)}")

    def inverse(self) -> tuple[Operation, ...]:
        return (CreateSchema(self.name),)

    def describe(self) -> str:
        return f"drop schema {self.name!r}"


def enum_labels(labels: Sequence[str]) -> tuple[str, ...]:
    """The labels as they were given. Raises OperationError for none, and for one that is there twice."""
    given = tuple(labels)
    if isinstance(labels, str) or not given or not all(isinstance(each, str) for each in given):
        raise OperationError("An enum takes a list of at least one text.")
    if len(set(given)) != len(given):
        raise OperationError("An enum was given one text twice.")
    return given


def _qualified(engine: Engine, name: str) -> str:
    if not engine.catalog.dialect.has_schemas:
        return engine.dialect.quote_name(name)
    schema, bare = table_key(name)
    return engine.dialect.quote_qualified(bare, schema)


def _require(engine: Engine, what: str) -> None:
    if what not in engine.catalog.dialect.objects:
        raise NotSupported(
            f"{engine.connection.display_name} has no {what}. Ask schema.vendor before."
        )
