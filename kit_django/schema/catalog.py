"""What operations know of the database: facts on demand, kept up to date as operations change it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.exceptions import UnknownTable
from kit_django.schema import facts
from kit_django.schema.dialects import dialect_of
from kit_django.schema.facts import Key, display_name


def table_key(name: str) -> Key:
    """``"audit.events"`` -> ``("audit", "events")``; a name without a dot is in the default schema."""
    schema, dot, bare = name.rpartition(".")
    return (schema, bare) if dot and schema and bare else (None, name)


class Catalog:
    """Facts of a table, read from the database when they are first asked for.

    Nothing is replayed: what the database says is the state. A table that an operation has
    changed is forgotten, and read anew when the next operation asks for it, so that its facts
    are always the database's own words. Where nothing is executed (``--pretend``), ``put()``
    records what an operation would have made of it.
    """

    def __init__(self, connection: BaseDatabaseWrapper, *, is_empty: bool = False) -> None:
        """With ``is_empty`` there is nothing but what is put in, whatever the database holds."""
        self.connection, self.dialect = connection, dialect_of(connection)
        self.is_empty = is_empty
        self._tables: dict[Key, facts.Table | None] = {}
        self._imagined: set[Key] = set()
        self._enums: dict[Key, facts.Enum | None] = {}
        self._gone_enums: set[Key] = set()

    def find(self, name: str | Key) -> facts.Table | None:
        """The table of that name, or None. ``schema.table`` names one outside the default schema."""
        from kit_django.schema.introspection import introspect_table

        key = self.key(name)
        if key not in self._tables:
            schema, bare = key
            can_be = not self.is_empty and self.dialect.can_ask_for(bare)
            found = introspect_table(self.connection, bare, schema) if can_be else None
            self._tables[key] = found
        return self._tables[key]

    def table(self, name: str | Key) -> facts.Table:
        """The table of that name. Raises UnknownTable."""
        table = self.find(name)
        if table is None:
            shown = display_name(self.key(name))
            raise UnknownTable(f"There is no table {shown!r} in {self.connection.alias!r}.")
        return table

    def referencing(self, name: str | Key) -> tuple[tuple[facts.Table, facts.ForeignKey], ...]:
        """Each foreign key that points to the table, with the table that has it."""
        from kit_django.schema.introspection import referencing_tables

        schema, bare = key = self.key(name)
        there = () if self.is_empty else referencing_tables(self.connection, bare, schema)
        keys = {*there, *self._imagined}
        tables = {table.key: table for table in map(self.find, sorted(keys, key=str)) if table}
        return tuple(
            (table, foreign_key)
            for table in tables.values()
            for foreign_key in table.foreign_keys
            if (foreign_key.to_schema, foreign_key.to_table) == key
        )

    def forget(self, *names: str | Key) -> None:
        """Read these tables anew when they are next asked for, under whatever spelling."""
        keys = {self.key(name) for name in names}
        self._tables = {
            key: table
            for key, table in self._tables.items()
            if key not in keys and (table is None or table.key not in keys)
        }

    def forget_all(self) -> None:
        self._tables.clear()
        self._enums.clear()

    def put(self, table: facts.Table) -> None:
        """Take the table to be so, without looking."""
        self._tables[table.key] = table
        self._imagined.add(table.key)

    def enum(self, key: Key) -> facts.Enum | None:
        """The enum type of that name, where enums are types."""
        from kit_django.schema.introspection.postgresql.enums import read_enum

        if key not in self._enums:
            self._enums[key] = None if self.is_empty else read_enum(self.connection, key)
        return self._enums[key]

    @contextmanager
    def imagining_enums(self) -> Iterator[None]:
        """Within it, types may be put that are to come; after it they are what they were before."""
        enums = dict(self._enums)
        try:
            yield
        finally:
            self._enums = enums

    def put_enum(self, key: Key, enum: facts.Enum | None) -> None:
        """Take the type to be so, or gone, without looking."""
        self._enums[key] = enum

    def enum_went_along(self, key: Key) -> None:
        """Take the type to be gone with its column; who drops it after that has what they want."""
        self.put_enum(key, None)
        self._gone_enums.add(key)

    def has_enum_gone(self, key: Key) -> bool:
        return key in self._gone_enums and self.enum(key) is None

    def remove(self, name: str | Key) -> None:
        """Take the table to be gone, without looking."""
        self._tables[self.key(name)] = None
        self._imagined.discard(self.key(name))

    def key(self, name: str | Key) -> Key:
        """Which table a name means; not every database has schemas that a dot could set apart."""
        if isinstance(name, tuple):
            return name
        return table_key(name) if self.dialect.has_schemas else (None, name)
