"""What stands on a table of MySQL's or MariaDB's and does not follow it by itself.

A view, a trigger, a routine or an event keeps the names that it was made with. A view is made anew with
the new name of a table or a column. What cannot be followed is refused before anything is touched, as
the next SELECT or INSERT would fail.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from kit_django.exceptions import OperationError
from kit_django.schema.introspection.mysql.dependents import Code, StoredView, read_code, read_views
from kit_django.schema.sql.bodies import uses_column, uses_table
from kit_django.schema.sql.views import ViewQuery

if TYPE_CHECKING:
    from kit_django.operations.engines.base import Engine
    from kit_django.schema import facts


@dataclass(frozen=True)
class Dependents:
    """Of one table, as the server has them now; where nothing is run, as ``pretended`` has them."""

    engine: Engine
    table: facts.Table
    pretended: dict[tuple[str, str], StoredView]

    @cached_property
    def views(self) -> list[tuple[StoredView, ViewQuery]]:
        """The views that read the table, those before others that read them in turn."""
        found = [(view, self._query(view.sql)) for view in self._stored()]
        return _in_order([(view, query) for view, query in found if query.reads_table])

    def _stored(self) -> list[StoredView]:
        connection, dialect = self.engine.connection, self.engine.dialect
        if not self.engine.pretends:
            name = dialect.quote_qualified(self.table.name, self._database)
            return read_views(connection, name)
        stored = read_views(connection, dialect.quote_name(self._database))
        return [self.pretended.get(view.key, view) for view in stored]

    @property
    def _database(self) -> str:
        return str(self.engine.connection.settings_dict["NAME"])

    @cached_property
    def _code(self) -> list[Code]:
        return read_code(self.engine.connection, self.table.name)

    def _query(self, sql: str) -> ViewQuery:
        is_view = self.table.kind == "view"
        return ViewQuery(sql, self._database, self.table.name, self.engine.dialect, is_view)

    # Refusals

    def refuse_drop(self, *, cascade: bool) -> None:
        if self.views and not cascade:
            can_cascade = self.table.kind != "view"
            advice = f"Drop that first{', or say cascade=True' if can_cascade else ''}."
            self._refuse("dropped", f"{_called(self.views[0][0])} reads it", advice)
        self._refuse_code("dropped")

    def refuse_rename(self, new_name: str) -> None:
        for view, query in self.views:
            if query.has_name(new_name) or (query.is_view and not query.is_plain):
                self._refuse("renamed", f"{_called(view)} has that name for something else")
        self._refuse_code("renamed")

    def _refuse_code(self, done: str) -> None:
        for code in self._code:
            is_own = done == "dropped" and code.table == self.table.name
            if not is_own and uses_table(code.sql, self.table.name, self.engine.dialect):
                self._refuse(done, f"{_called(code)} uses it")

    def refuse_column(self, name: str, *, is_renamed: bool) -> None:
        done = "renamed" if is_renamed else "dropped"
        what = f"Column {name!r} of {self.table.name!r}"
        for view, query in self.views:
            if query.reads_column(name) and not (is_renamed and query.is_plain):
                self._refuse(done, f"{_called(view)} reads it", what=what)
        for code in self._code:
            dialect = self.engine.dialect
            if uses_column(code.sql, self.table.name, name, dialect, as_a_whole=not is_renamed):
                self._refuse(done, f"{_called(code)} uses it", what=what)

    def _refuse(
        self,
        done: str,
        reason: str,
        advice: str = "Drop that first, and make it anew behind this.",
        what: str = "",
    ) -> None:
        what = what or f"{self.table.kind.capitalize()} {self.table.name!r}"
        raise OperationError(
            f"{what} cannot be {done}: {reason}, and {self.engine.connection.display_name} would "
            f"not change it. {advice}"
        )

    # What follows

    def with_column(self, old: str, new: str) -> list[StoredView]:
        """The views that read the column, with its new name."""
        return [
            replace(view, sql=query.with_column(old, new))
            for view, query in self.views
            if query.reads_column(old)
        ]

    def with_table(self, new_name: str) -> list[StoredView]:
        return [replace(view, sql=query.with_table(new_name)) for view, query in self.views]

    def make_anew(self, views: Iterable[StoredView]) -> None:
        for view in views:
            name = self.engine.dialect.quote_qualified(view.name, view.database)
            self.engine.execute(
                f"CREATE OR REPLACE {view.head} VIEW {name} AS {view.sql}{view.tail}"
            )
            self.engine.catalog.forget(view.name)
            self.pretended[view.key] = view

    def drop_readers(self) -> None:
        for view in reversed(self.all_readers()):
            name = self.engine.dialect.quote_qualified(view.name, view.database)
            self.engine.execute(f"DROP VIEW {name}")
            self.engine.catalog.forget(view.name)

    def all_readers(self) -> list[StoredView]:
        """The views that read it, and those that read these, each behind what it reads."""
        found: dict[tuple[str, str], StoredView] = {}
        for view, _ in self.views:
            found.setdefault(view.key, view)
            its = replace(self.table, name=view.name, kind="view")
            for reader in replace(self, table=its).all_readers():
                found.pop(reader.key, None)
                found[reader.key] = reader
        return list(found.values())


def _called(what: StoredView | Code) -> str:
    if isinstance(what, StoredView):
        return f"the view {what.name!r}"
    of_table = f" of {what.table!r}" if what.table else ""
    return f"the {what.kind} {what.name!r}{of_table}"


def _in_order(
    views: Iterable[tuple[StoredView, ViewQuery]],
) -> list[tuple[StoredView, ViewQuery]]:
    """Each behind those that it reads: MariaDB makes no view that reads a broken one."""
    waiting = list(views)
    ordered: list[tuple[StoredView, ViewQuery]] = []
    while waiting:
        ready = [each for each in waiting if not any(_reads(each, waiting))] or waiting
        ordered += ready
        waiting = [each for each in waiting if each not in ready]
    return ordered


def _reads(
    view: tuple[StoredView, ViewQuery], others: Iterable[tuple[StoredView, ViewQuery]]
) -> Iterator[bool]:
    stored, query = view
    for other, _ in others:
        of_other = replace(query, database=other.database, table=other.name, is_view=True)
        yield other.key != stored.key and of_other.reads_table
