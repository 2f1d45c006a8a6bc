"""What operations know of the database: facts on demand, kept up to date as operations change it."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.exceptions import UnknownTable
from kit_django.meant import did_you_mean
from kit_django.schema import facts
from kit_django.schema.dialects import dialect_of
from kit_django.schema.facts import Key, display_name

if TYPE_CHECKING:
    from kit_django.schema.introspection.names import Holder
    from kit_django.schema.introspection.telling import Teller

CHECK_FACTS = os.environ.get("KIT_CHECK_FACTS") == "1"
"""Whether each fact that is kept is read again where it is used, and compared: for tests."""


def table_key(name: str) -> Key:
    """``"audit.events"`` -> ``("audit", "events")``; a name without a dot is in the default schema."""
    schema, dot, bare = name.rpartition(".")
    return (schema, bare) if dot and schema and bare else (None, name)


class Catalog:
    """Facts of a table, read from the database when they are first asked for.

    Nothing is replayed: what the database says is the state. Facts are kept for as long as the
    catalog lives, which is a run of migrations. What an operation has made is put in the
    database's own words where these are known; where not, and whenever the writer of a migration
    may have done something, it is forgotten, and read when it is next asked for.
    """

    def __init__(
        self,
        connection: BaseDatabaseWrapper,
        *,
        is_empty: bool = False,
        kept: Collection[Key] = (),
    ) -> None:
        """With ``is_empty`` there is nothing but what is imagined, whatever the database holds; tables
        that are ``kept`` are as they are there."""
        self.connection, self.dialect = connection, dialect_of(connection)
        self.is_empty, self.kept = is_empty, kept
        self._tables: dict[Key, facts.Table | None] = {}
        self._spelled: dict[Key, Key] = {}
        """The keys of tables by the ways in which they were asked for."""
        self._fragile: set[Key] = set()
        """The kept tables that a change of another one may change as well."""
        self._imagined: set[Key] = set()
        self._enums: dict[Key, facts.Enum | None] = {}
        self._gone_enums: set[Key] = set()
        self._teller: Teller | None = None
        self._holders: list[Holder] | None = None
        """Of all shared names, where they are told together."""
        self._on_commit = connection.run_on_commit
        self.is_reading = False
        """Whether the database is being asked by the catalog."""

    def begin(self) -> None:
        """A migration begins."""
        self._enums.clear()
        self._gone_enums.clear()
        self.connection.ensure_connection()  # which begins such a list, too
        self._on_commit = self.connection.run_on_commit

    def find(self, name: str | Key) -> facts.Table | None:
        """The table of that name, or None. ``schema.table`` names one outside the default schema."""
        self._forget_what_was_taken_back()
        asked = self.key(name)
        key = self._spelled.get(asked, asked)
        if key in self._tables:
            return self._checked(key, self._tables[key])
        found = self._read(asked)
        if found is not None:
            self._tables[found.key] = found
            self._spelled[asked] = found.key
            if _is_fragile(found):
                self._fragile.add(found.key)
        return found

    def _forget_what_was_taken_back(self) -> None:
        """No statement tells of a transaction's end. Django begins another list at each."""
        if self._on_commit is not self.connection.run_on_commit:
            self._on_commit = self.connection.run_on_commit
            self.forget_all()

    def _read(self, key: Key) -> facts.Table | None:
        from kit_django.schema.introspection import has_table, introspect_table

        schema, bare = key
        is_gone = self.is_empty and key not in self.kept
        if is_gone or not self.dialect.can_ask_for(bare):
            return None
        with self._reading():
            is_there = has_table(self.connection, key)
            return introspect_table(self.connection, bare, schema) if is_there else None

    @contextmanager
    def _reading(self) -> Iterator[None]:
        self.is_reading = True
        try:
            yield
        finally:
            self.is_reading = False

    def table(self, name: str | Key) -> facts.Table:
        """The table of that name. Raises UnknownTable."""
        table = self.find(name)
        if table is None:
            shown, hint = display_name(self.key(name)), self.near(name)
            raise UnknownTable(f"There is no table {shown!r} in {self.connection.alias!r}.{hint}")
        return table

    def near(self, name: str | Key) -> str:
        """The table that may be meant by a name that none has, as a question to its writer."""
        from kit_django.schema.introspection import table_keys

        self.is_reading = True
        try:
            there = self.kept if self.is_empty else table_keys(self.connection, views=True)
        finally:
            self.is_reading = False
        known = map(display_name, sorted({*there, *self._imagined}, key=str))
        return did_you_mean(display_name(self.key(name)), known)

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

    def holders(self, schema: str | None, names: Collection[str]) -> list[Holder]:
        """Who has one of the names, of what has its name from the whole schema."""
        if self.is_empty or not names:
            return []
        wanted = set(map(self.dialect.folded, names))
        found = self._find_holders(schema, names, wanted)
        if found and self._holders is not None:  # which may be gone by now
            self._holders = None
            found = self._find_holders(schema, names, wanted)
        return found

    def _find_holders(
        self, schema: str | None, names: Collection[str], wanted: set[str]
    ) -> list[Holder]:
        from kit_django.schema.introspection import holders

        self._forget_what_was_taken_back()
        found = self._holders
        if found is None:
            with self._reading():
                found = holders(self.connection, schema, names)
            self._holders = found if self.dialect.lists_shared_names else None
        return [each for each in found if self.dialect.folded(each.name) in wanted]

    # What is kept

    def changed(self, before: facts.Table | None, after: facts.Table | None) -> None:
        """A table was made, changed or dropped: ``after`` is what that was to make of it.

        Where it is more than an addition, nobody can tell what else has followed it.
        """
        from kit_django.schema.introspection.telling import Unknown, is_added_to

        if after is None or not (before is None or is_added_to(before, after)):
            self.forget_all()
            return
        known, holders = self._tables.get(after.key), self._holders
        is_plain = after.key not in self._fragile
        self.forget(after.key)
        self._holders = None if holders is None else [*holders, *_keys_of(after)]
        if is_plain and (before is None or known is not None):
            with suppress(Unknown):
                told = self._words().table(known, after)
                self._tables[after.key] = self._checked(after.key, told)

    def _words(self) -> Teller:
        from kit_django.schema.introspection import teller_of

        if self._teller is None:
            self._teller = teller_of(self.connection)
        return self._teller

    def forget(self, name: str | Key) -> None:
        """Read this table anew when it is next asked for, and what may have followed it."""
        asked = self.key(name)
        for key in (self._spelled.get(asked, asked), *self._fragile):
            self._tables.pop(key, None)
        self._fragile.clear()
        self._holders = None

    def forget_all(self) -> None:
        """What is only imagined stays: no database could tell it again."""
        self._tables = {
            key: table
            for key, table in self._tables.items()
            if key in self._imagined or table is None
        }
        self._spelled.clear()
        self._fragile.clear()
        self._teller = self._holders = None
        if not self._tables:
            self._enums.clear()

    def _checked(self, key: Key, kept: facts.Table | None) -> facts.Table | None:
        """What is kept. Raises AssertionError where it is not so, and that is to be looked at."""
        if CHECK_FACTS and kept is not None and key not in self._imagined:
            told = self._read(key)
            if kept != told:
                shown = display_name(key)
                raise AssertionError(f"Kept of {shown}: {kept}\nThe database says: {told}")
        return kept

    # What is only imagined, where nothing is run

    def imagine(self, table: facts.Table) -> None:
        """Take the table to be so, without looking."""
        self._tables[table.key] = table
        self._imagined.add(table.key)

    def remove(self, name: str | Key) -> None:
        """Take the table to be gone, without looking."""
        self._tables[self.key(name)] = None
        self._imagined.discard(self.key(name))

    # Enum types

    def enum(self, key: Key) -> facts.Enum | None:
        """The enum type of that name, where enums are types."""
        from kit_django.schema.introspection.postgresql.enums import read_enum

        self._forget_what_was_taken_back()
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

    def key(self, name: str | Key) -> Key:
        """Which table a name means; not every database has schemas that a dot could set apart."""
        if isinstance(name, tuple):
            return name
        return table_key(name) if self.dialect.has_schemas else (None, name)


def _keys_of(table: facts.Table) -> Iterator[Holder]:
    from kit_django.schema.introspection.names import Holder

    yield from (Holder(key.name, key.kind, table.key) for key in table.foreign_keys if key.name)


def _is_fragile(table: facts.Table) -> bool:
    """A view, a partition, a child; or one whose foreign key leaves it to the other table what it means."""
    implies = any(not key.to_columns for key in table.foreign_keys)
    return table.kind != "table" or table.option("inherits") is not None or implies
