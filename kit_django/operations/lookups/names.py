"""Names that are taken are found before anything is touched, by whoever has them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Protocol

from kit_django.exceptions import OperationError
from kit_django.schema import facts
from kit_django.schema.catalog import Catalog
from kit_django.schema.dialects.base import Dialect
from kit_django.schema.introspection.names import Holder
from kit_django.schema.tables.difference import Part
from kit_django.schema.tables.indexes import with_indexes_of_keys


class Asking(Protocol):
    """What of an engine is needed to look a name up."""

    dialect: Dialect
    catalog: Catalog

    @property
    def pretends(self) -> bool: ...


def refuse_taken_names(
    engine: Asking, before: facts.Table | None, states: Sequence[facts.Table]
) -> None:
    """Raises OperationError where the table, on its way through the states, would take a name twice,
    or that of another. ``before`` is None for a table that is new."""
    was, wanted = before, dict[str, str]()
    for state in states:
        _refuse_twins(was, state, engine.dialect)
        wanted |= {
            name: what for name, what in _shared(state, engine.dialect) if name not in wanted
        }
        was = state
    own = {name for name, _ in _shared(before, engine.dialect)} if before else set()
    new = {name: what for name, what in wanted.items() if name not in own}
    if new:
        _refuse_held(engine, before, states[-1], new)


def refuse_taken_name(engine: Asking, schema: str | None, name: str, what: str) -> None:
    """Raises OperationError where something else has the name that a view or a sequence is to have."""
    if "table" in engine.dialect.shared_names:
        _refuse_any(_held(engine, schema, name), what)


def refuse_taken_type(engine: Asking, schema: str | None, name: str, what: str) -> None:
    """The same of a type, as the rows of a table or a view are of a type of its name."""
    _refuse_any(_row_types(engine, schema, name), what)


def is_row_type(engine: Asking, schema: str | None, name: str) -> bool:
    return next(_row_types(engine, schema, name), None) is not None


def _row_types(engine: Asking, schema: str | None, name: str) -> Iterator[Holder]:
    return (each for each in _held(engine, schema, name) if each.kind not in ("index", "sequence"))


def _held(engine: Asking, schema: str | None, name: str) -> Iterator[Holder]:
    holders = engine.catalog.holders(schema, [name])
    return (each for each in holders if _is_there(engine, each))


def _refuse_any(holders: Iterator[Holder], what: str) -> None:
    for holder in holders:
        raise OperationError(f"There is {_called(holder)} already: no {what} can have its name.")


def _refuse_held(
    engine: Asking, before: facts.Table | None, table: facts.Table, new: dict[str, str]
) -> None:
    folded = {engine.dialect.folded(name): (name, what) for name, what in new.items()}
    for holder in engine.catalog.holders(table.schema, new):
        if (before and holder.table == before.key) or not _is_there(engine, holder):
            continue
        name, what = folded[engine.dialect.folded(holder.name)]
        if what == "table":
            raise OperationError(f"There is {_called(holder)} already: no table can have its name.")
        raise OperationError(
            f"The {what} {name!r} of {table.display_name!r} cannot have that name: there is "
            f"{_called(holder)} already, and {engine.dialect.name} has one of each name for all "
            "tables. Say another with name=, or rename that one first."
        )


def _is_there(engine: Asking, holder: Holder) -> bool:
    """Whether it is there still, where nothing was run that would have taken it away."""
    if not engine.pretends:
        return True
    if holder.table is None:
        kept = engine.catalog.find((None, holder.name))
        return holder.kind == "sequence" or kept is not None
    table = engine.catalog.find(holder.table)
    return table is not None and holder.name in {name for name, _ in _shared(table, engine.dialect)}


def _called(holder: Holder) -> str:
    article = "an" if holder.kind == "index" else "a"
    of = f" of {facts.display_name(holder.table)!r}" if holder.table else ""
    return f"{article} {holder.kind} {holder.name!r}{of}"


def _refuse_twins(was: facts.Table | None, table: facts.Table, dialect: Dialect) -> None:
    before = Counter(_rooms(was, dialect)) if was else Counter()
    for (room, name), count in Counter(_rooms(table, dialect)).items():
        if count > max(1, before[room, name]):
            raise OperationError(
                f"Table {table.display_name!r} would have two things called {name!r}. Say another "
                "name for one of them, with name=."
            )


def _rooms(table: facts.Table, dialect: Dialect) -> Iterator[tuple[str, str]]:
    """Each name with the room in which it has to be the only one."""
    for part in _parts(with_indexes_of_keys(table, dialect)):
        name = dialect.folded(part.name or "")
        if not isinstance(part, facts.Index):
            yield "constraint", name
        if _kind(part) in dialect.shared_names:
            yield "schema", name
        elif _is_index(part, dialect):
            yield "index", name
    if "table" in dialect.shared_names:
        yield "schema", dialect.folded(table.name)


def _shared(table: facts.Table, dialect: Dialect) -> Iterator[tuple[str, str]]:
    """What of the table has its name from the whole schema, and in a word what it is."""
    if "table" in dialect.shared_names:
        yield table.name, "table"
    for part in _parts(table):
        if _kind(part) in dialect.shared_names:
            yield part.name or "", _kind(part)


def _parts(table: facts.Table) -> Iterator[Part]:
    yield from (part for part in (*table.constraints, *table.indexes) if part.name)


def _is_index(part: Part, dialect: Dialect) -> bool:
    return isinstance(part, facts.Index) or (
        dialect.uniques_are_indexes and isinstance(part, facts.Unique)
    )


def _kind(part: Part) -> str:
    return "index" if isinstance(part, facts.Index) else part.kind
