"""Operations on views and materialized views."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kit_django.exceptions import Irreversible, NotSupported, OperationError, UnknownTable
from kit_django.operations.base import Operation
from kit_django.operations.lookups.names import refuse_taken_name
from kit_django.schema import facts
from kit_django.schema.clauses import table_name
from kit_django.schema.statements import create_view

if TYPE_CHECKING:
    from kit_django.operations.engines.base import Engine


@dataclass(frozen=True)
class CreateView(Operation):
    """``sql`` is the query. With ``replace`` the view may be there; ``was`` is its query then."""

    name: str
    sql: str
    materialized: bool = False
    replace: bool = False
    was: str | None = None

    def perform(self, engine: Engine) -> None:
        _refuse_materialized(engine, self.materialized)
        existing = engine.catalog.find(self.name)
        if existing is not None and not self.replace:
            raise OperationError(f"There is a {existing.kind} {self.name!r} already.")
        if existing is not None:
            _require_view(existing, self.name, self.materialized)
            engine.refuse_used_view(existing)
            engine.execute(_drop(engine, existing))
        schema, name = engine.catalog.key(self.name)
        if existing is None:
            refuse_taken_name(engine, schema, name, "view")
        view = facts.View(name, self.sql, schema, self.materialized)
        engine.execute(create_view(engine.dialect, view))
        for trigger in existing.triggers if existing else ():
            engine.execute(trigger.sql)
        engine.changed(existing, facts.Table(name, schema=schema, kind=_kind(self.materialized)))

    def inverse(self) -> tuple[Operation, ...]:
        if not self.replace:
            return (DropView(self.name, self.materialized, was=self.sql),)
        if self.was is None:
            raise Irreversible(
                f"{self.describe()} does not say what the view was. Say it with was=."
            )
        return (CreateView(self.name, self.was, self.materialized, replace=True, was=self.sql),)

    def describe(self) -> str:
        return f"{'replace' if self.replace else 'create'} view {self.name!r}"


@dataclass(frozen=True)
class DropView(Operation):
    """``was`` is the query that makes the drop reversible."""

    name: str
    materialized: bool = False
    if_exists: bool = False
    was: str | None = None

    def perform(self, engine: Engine) -> None:
        _refuse_materialized(engine, self.materialized)
        existing = engine.catalog.find(self.name)
        if existing is not None:
            _require_view(existing, self.name, self.materialized)
            engine.refuse_used_view(existing)
            engine.execute(_drop(engine, existing))
            engine.changed(existing, None)
        elif not self.if_exists:
            hint = engine.catalog.near(self.name)
            raise UnknownTable(f"There is no view {self.name!r} to drop.{hint}")

    def inverse(self) -> tuple[Operation, ...]:
        if self.was is None:
            raise Irreversible(
                f"{self.describe()} does not say what the view was. Say it with was=."
            )
        return (CreateView(self.name, self.was, self.materialized),)

    def describe(self) -> str:
        return f"drop view {self.name!r}"


@dataclass(frozen=True)
class RefreshView(Operation):
    """Fill a materialized view anew."""

    name: str
    concurrently: bool = False

    def perform(self, engine: Engine) -> None:
        _refuse_materialized(engine, True)
        view = engine.catalog.table(self.name)
        _require_view(view, self.name, True)
        word = "CONCURRENTLY " if self.concurrently else ""
        engine.execute(f"REFRESH MATERIALIZED VIEW {word}{table_name(engine.dialect, view)}")

    def inverse(self) -> tuple[Operation, ...]:
        return ()

    def describe(self) -> str:
        return f"refresh materialized view {self.name!r}"


def _kind(materialized: bool) -> facts.Kind:
    return "materialized view" if materialized else "view"


def _drop(engine: Engine, view: facts.Table) -> str:
    return f"DROP {view.kind.upper()} {table_name(engine.dialect, view)}"


def _require_view(found: facts.Table, name: str, materialized: bool) -> None:
    expected = _kind(materialized)
    if found.kind != expected:
        raise OperationError(f"{name!r} is a {found.kind}, not a {expected}.")


def _refuse_materialized(engine: Engine, materialized: bool) -> None:
    if materialized and not engine.catalog.dialect.has_materialized_views:
        raise NotSupported(
            f"{engine.connection.display_name} has no materialized views (materialized=True). "
            "Make a view or a table."
        )
