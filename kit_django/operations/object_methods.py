"""What a migration says of all that is no table: views, types, sequences, extensions, schemas."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from kit_django.exceptions import OperationError
from kit_django.operations.base import Operation
from kit_django.operations.builders.strict import Strict
from kit_django.operations.objects import (
    ENUM,
    EXTENSION,
    FUNCTION,
    PROCEDURE,
    SCHEMA,
    SEQUENCE,
    TYPE,
    CreateObject,
    DropObject,
    enum_labels,
)
from kit_django.operations.triggers import CreateTrigger, DropTrigger
from kit_django.operations.views import CreateView, DropView, RefreshView
from kit_django.schema import facts
from kit_django.schema.named import Extension, Function, Namespace, Procedure


class ObjectMethods(Strict, ABC):
    """Each takes effect as it is called, by ``perform``."""

    @abstractmethod
    def perform(self, operation: Operation) -> None:
        """Do one operation now, or only take it down where the schema records."""

    # Views

    def create_view(
        self,
        name: str,
        sql: str,
        *,
        materialized: bool = False,
        replace: bool = False,
        was: str | None = None,
    ) -> None:
        """A view of a query; with ``replace`` it may be there, and ``was`` is its query till now."""
        if was is not None and not replace:
            raise OperationError(
                f'schema.create_view("{name}") was given was=, the query of a view that is there, '
                "and replaces none. Say replace=True too, or leave it out."
            )
        self.perform(CreateView(name, sql, materialized, replace, was))

    def drop_view(
        self,
        name: str,
        *,
        materialized: bool = False,
        if_exists: bool = False,
        was: str | None = None,
    ) -> None:
        """Drop a view; ``was``, its query, makes that reversible."""
        self.perform(DropView(name, materialized, if_exists, was))

    def refresh_view(self, name: str, *, concurrently: bool = False) -> None:
        """Fill a materialized view anew."""
        self.perform(RefreshView(name, concurrently))

    # Types, sequences, extensions, schemas

    def create_enum(self, name: str, labels: Sequence[str]) -> None:
        """PostgreSQL's enum type; elsewhere the column says it all, and nothing is done."""
        self.perform(CreateObject(facts.Enum(name, enum_labels(labels))))

    def drop_enum(self, name: str, labels: Sequence[str] = ()) -> None:
        """Drop an enum type; its ``labels`` make that reversible."""
        was = facts.Enum(name, tuple(labels)) if labels else None
        self.perform(DropObject(ENUM, name, was))

    def create_domain(
        self,
        name: str,
        base: str,
        *,
        check: str | None = None,
        default: str | None = None,
        null: bool = True,
    ) -> None:
        """PostgreSQL's domain: a ``base`` type with conditions, all given as SQL."""
        checks = (facts.Check(check),) if check else ()
        self.perform(CreateObject(facts.Domain(name, base, null, default, checks)))

    def create_type(self, name: str, attributes: Sequence[tuple[str, str]]) -> None:
        """PostgreSQL's composite type, of pairs of a name and a type."""
        columns = tuple(facts.Column(attribute, sql_type) for attribute, sql_type in attributes)
        self.perform(CreateObject(facts.Composite(name, columns)))

    def drop_type(self, name: str) -> None:
        """Drop a composite type or a domain."""
        self.perform(DropObject(TYPE, name))

    def create_sequence(self, name: str, *, start: int = 1, increment: int = 1) -> None:
        """A sequence of its own, on PostgreSQL and MariaDB."""
        options = (("start with", str(int(start))), ("increment by", str(int(increment))))
        self.perform(CreateObject(facts.Sequence(name, options=options)))

    def drop_sequence(self, name: str) -> None:
        self.perform(DropObject(SEQUENCE, name))

    def create_function(self, name: str, sql: str) -> None:
        """A function, by its whole CREATE FUNCTION statement in the database's own language."""
        self.perform(CreateObject(Function(name, sql)))

    def drop_function(self, name: str, *, was: str | None = None) -> None:
        """Drop a function; ``was``, its CREATE FUNCTION statement, makes that reversible."""
        self.perform(DropObject(FUNCTION, name, Function(name, was) if was else None))

    def create_procedure(self, name: str, sql: str) -> None:
        """A procedure, by its whole CREATE PROCEDURE statement."""
        self.perform(CreateObject(Procedure(name, sql)))

    def drop_procedure(self, name: str, *, was: str | None = None) -> None:
        """Drop a procedure; ``was``, its CREATE PROCEDURE statement, makes that reversible."""
        self.perform(DropObject(PROCEDURE, name, Procedure(name, was) if was else None))

    def create_trigger(self, table: str, name: str, sql: str) -> None:
        """A trigger of a table or view, by its whole CREATE TRIGGER statement."""
        self.perform(CreateTrigger(table, name, sql))

    def drop_trigger(self, table: str, name: str, *, was: str | None = None) -> None:
        """Drop a trigger; ``was``, its CREATE TRIGGER statement, makes that reversible."""
        self.perform(DropTrigger(table, name, was))

    def create_extension(self, name: str) -> None:
        """PostgreSQL's extension, unless it is there."""
        self.perform(CreateObject(Extension(name)))

    def drop_extension(self, name: str) -> None:
        self.perform(DropObject(EXTENSION, name, Extension(name)))

    def create_schema(self, name: str, *, if_not_exists: bool = False) -> None:
        """PostgreSQL's schema, for tables such as ``audit.events``."""
        self.perform(CreateObject(Namespace(name), if_not_exists))

    def drop_schema(self, name: str) -> None:
        """Drop a schema that is empty."""
        self.perform(DropObject(SCHEMA, name, Namespace(name)))
