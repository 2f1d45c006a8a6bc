"""PostgreSQL: ALTER TABLE can do it all, in a transaction."""

from __future__ import annotations

from dataclasses import replace

from kit_django.exceptions import NotSupported, OperationError
from kit_django.operations.columns import with_column
from kit_django.operations.engines.base import Engine
from kit_django.schema import clauses, facts
from kit_django.schema.quoting import quote_name, quote_qualified
from kit_django.schema.rendering import comment_statement


class PostgreSQLEngine(Engine):
    def change_column(
        self, before: facts.Table, after: facts.Table, name: str, using: str | None
    ) -> None:
        old, new = before.column(name), after.column(name)
        if old.generated != new.generated:
            raise NotSupported(
                f"PostgreSQL cannot change what {name!r} is generated from. Drop the column, "
                "and add it anew."
            )
        if (old.type, old.collation) == (new.type, new.collation):
            self._alter(before, name, _actions(self, old, new, using))
        else:
            self._retype(before, old, new, using)
        if old.comment != new.comment:
            self.execute(comment_statement(self.connection, after, new))

    def _alter(self, table: facts.Table, name: str, actions: list[str]) -> None:
        column = quote_name(self.connection, name)
        if actions:
            joined = ", ".join(f"ALTER COLUMN {column} {action}" for action in actions)
            self.execute(f"ALTER TABLE {self.table_name(table)} {joined}")

    def _retype(
        self, table: facts.Table, old: facts.Column, new: facts.Column, using: str | None
    ) -> None:
        """The columns that refer to this one follow its type."""
        referring = self.referencing(table, old.name)
        for other, key in referring:
            self.drop_constraint(other, key)
        self._alter(table, old.name, _actions(self, old, new, using))
        self._retype_sequence(old, new)
        for other, key in referring:
            follower = other.column(key.columns[key.to_columns.index(old.name)])
            followed = replace(follower, type=new.type, collation=new.collation)
            if followed != follower and (other.key, follower.name) != (table.key, old.name):
                self._alter(other, follower.name, _actions(self, follower, followed, None))
        for other, key in referring:
            self.add_constraint(other, key)
            self.catalog.forget(other.key)
        if self.pretends:
            self.catalog.put(with_column(table, new))

    def _retype_sequence(self, old: facts.Column, new: facts.Column) -> None:
        """A serial's sequence would run out where the old type did."""
        identity = old.identity
        whole = {"smallint", "integer", "bigint"}
        if identity and identity.kind == "serial" and identity.sequence and new.type in whole:
            sequence = ".".join(
                quote_name(self.connection, part) for part in identity.sequence.split(".")
            )
            self.execute(f"ALTER SEQUENCE {sequence} AS {new.type}")

    def drop_table(self, table: facts.Table, *, cascade: bool) -> None:
        kind = "FOREIGN TABLE" if table.kind == "foreign table" else "TABLE"
        tail = " CASCADE" if cascade else ""
        self.execute(f"DROP {kind} {self.table_name(table)}{tail}")
        self.changed(table, None)
        if cascade:
            self.catalog.forget_all()

    def rename_table(self, before: facts.Table, after: facts.Table) -> None:
        new_name = quote_name(self.connection, after.name)
        self.execute(f"ALTER TABLE {self.table_name(before)} RENAME TO {new_name}")
        self.changed(before, after)
        if not self.pretends:
            self.catalog.forget_all()

    def add_index(self, table: facts.Table, index: facts.Index, *, concurrently: bool) -> None:
        self._refuse_concurrently(concurrently)
        self.execute(
            clauses.index_statement(self.connection, table, index, concurrently=concurrently)
        )

    def drop_index(self, table: facts.Table, index: facts.Index, *, concurrently: bool) -> None:
        self._refuse_concurrently(concurrently)
        word = "CONCURRENTLY " if concurrently else ""
        name = quote_qualified(self.connection, index.name, table.schema)
        self.execute(f"DROP INDEX {word}{name}")

    def _refuse_concurrently(self, concurrently: bool) -> None:
        if concurrently and self.connection.in_atomic_block:
            raise OperationError(
                "An index cannot be made or dropped concurrently in a transaction. "
                "Say `atomic = False` in the migration."
            )


def _actions(engine: Engine, old: facts.Column, new: facts.Column, using: str | None) -> list[str]:
    """What ALTER COLUMN has to say, in an order that PostgreSQL takes."""
    retyped = (old.type, old.collation) != (new.type, new.collation)
    actions = []
    if old.default is not None and (retyped or new.default != old.default) and not _serial(old):
        # The old default need not be castable to the new type.
        actions.append("DROP DEFAULT")
    if retyped:
        actions.append(_type_action(engine, new, using))
    if new.default is not None and (retyped or new.default != old.default) and not _serial(old):
        actions.append(f"SET {clauses.default_clause(engine.connection, new.default)}")
    if old.null != new.null:
        actions.append("DROP NOT NULL" if new.null else "SET NOT NULL")
    return actions


def _type_action(engine: Engine, new: facts.Column, using: str | None) -> str:
    collation = (
        f" COLLATE {clauses.collation_name(engine.connection, new.collation)}"
        if new.collation
        else ""
    )
    column = quote_name(engine.connection, new.name)
    return f"TYPE {new.type}{collation} USING {using or f'{column}::{new.type}'}"


def _serial(column: facts.Column) -> bool:
    return column.identity is not None and column.identity.kind == "serial"
