"""What a person has changed of a table: the tables of both sides -> what becomes of the live one.

Everything here is a pure function of facts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import TypeVar

from kit_django.schema import facts
from kit_django.schema.dialects.base import Dialect
from kit_django.schema.sql.same import meaning
from kit_django.schema.tables.difference import Names, Part, difference
from kit_django.schema.tables.parts import with_constraints
from kit_django.schema.tables.renaming import renamed_column

Fact = TypeVar("Fact", facts.Column, facts.ForeignKey)
Pair = tuple[facts.Column, facts.Column]


@dataclass(frozen=True)
class Alteration:
    """How a table that is there is changed. ``table`` is the live one, by the name that it gets, and
    ``target`` what it becomes; ``key`` is what the database calls it until then.

    ``dropped`` are parts of the live table, by the columns' old names; ``added`` are by the new ones.
    ``changed`` are columns before and after, by their new names.
    """

    table: facts.Table
    target: facts.Table
    key: facts.Key
    dropped: tuple[Part, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    gone: tuple[facts.Column, ...] = ()
    changed: tuple[Pair, ...] = ()
    new: tuple[facts.Column, ...] = ()
    renamed_indexes: tuple[tuple[str, str], ...] = ()
    added: tuple[Part, ...] = ()

    def old_name(self, column: str) -> str:
        """What a column was called before."""
        return next((old for old, new in self.renamed if new == column), column)

    def new_name(self, column: str) -> str:
        """What it is called from then on."""
        return next((new for old, new in self.renamed if old == column), column)

    @property
    def shown(self) -> str:
        """Its name in the database, for people."""
        return facts.display_name(self.key)

    @property
    def has_new_comment(self) -> bool:
        return self.table.comment != self.target.comment

    @property
    def alters(self) -> bool:
        """Whether there is more to it than the table's own name."""
        said = (self.dropped, self.renamed, self.gone, self.changed, self.new)
        return any((*said, self.renamed_indexes, self.added, self.has_new_comment))


@dataclass(frozen=True)
class Sought:
    """Both sides of one table. ``names`` are its columns before, by their names now; ``given`` the
    names of parts that the models give, and which count therefore."""

    before: facts.Table
    after: facts.Table
    names: Names
    given: Collection[str]


def alteration(live: facts.Table, sought: Sought, dialect: Dialect) -> Alteration:
    """What is different between the sides, done to the live table."""
    return _Altering(live, sought, dialect).made()


class _Altering:
    def __init__(self, live: facts.Table, sought: Sought, dialect: Dialect) -> None:
        self.live, self.sought, self.dialect = live, sought, dialect
        before = replace(sought.before, name=sought.after.name)
        before = _pointing_to_itself(before, sought.before)
        self.found = difference(before, sought.after, _there(sought, live), dialect)
        self.parts = _parts_by_new_names(before, self.found.renamed_columns, dialect)
        self.again = {old.name for old, new in self.found.changed_columns if _is_another(old, new)}

    def made(self) -> Alteration:
        given = [pair for pair in self.found.renamed_parts if self._is_given(pair)]
        anew = [pair for pair in given if not isinstance(pair[0], facts.Index)]
        lost = [*self.found.gone, *(old for old, _ in anew)]
        dropped = [part for each in lost if (part := self._dropped(each)) is not None]
        moved = _moved(self.live, self.found.renamed_columns, dropped, self.dialect)
        changed = tuple(self._changed(moved))
        gone = tuple(self._gone())
        new = tuple(map(self.sought.after.column, self.again)) + self.found.new_columns
        added = tuple(
            self._with_what_live_says(each, lost)
            for each in (*self.found.added, *(part for _, part in anew))
            if counterpart(each, moved, self.dialect) is None
        )
        return Alteration(
            self.live,
            _target(moved, self.sought, changed, gone, new, added),
            self.sought.before.key,
            tuple(dropped),
            self.found.renamed_columns,
            gone,
            changed,
            new,
            tuple(self._renamed_indexes(given)),
            added,
        )

    def _is_given(self, pair: tuple[Part, Part]) -> bool:
        return any(part.name in self.sought.given for part in pair)

    def _there(self, part: Part) -> Part | None:
        """The live one of a part of the side before, by the columns' new names."""
        return counterpart(self.parts.get(part, part), self.live, self.dialect)

    def _dropped(self, part: Part) -> Part | None:
        return None if _is_of_numbering(part) else self._there(part)

    def _changed(self, moved: facts.Table) -> Iterator[Pair]:
        for old, new in self.found.changed_columns:
            if new.name not in self.again and moved.has_column(new.name):
                now = moved.column(new.name)
                if (then := _as_changed(now, old, new)) != now:
                    yield now, then

    def _gone(self) -> Iterator[facts.Column]:
        names = [each.name for each in self.found.gone_columns if self.live.has_column(each.name)]
        names += [self.found.names[name] for name in self.again]
        yield from map(self.live.column, names)

    def _renamed_indexes(self, given: Sequence[tuple[Part, Part]]) -> Iterator[tuple[str, str]]:
        for old, new in given:
            there = self._there(old) if isinstance(old, facts.Index) else None
            if isinstance(there, facts.Index):
                yield there.name, str(new.name)

    def _with_what_live_says(self, added: Part, lost: Sequence[Part]) -> Part:
        """A foreign key that comes in another shape keeps what only the live one has."""
        if not isinstance(added, facts.ForeignKey):
            return added
        for old in lost:
            if isinstance(old, facts.ForeignKey) and old.columns == added.columns:
                there = self._there(old)
                if isinstance(there, facts.ForeignKey):
                    return _as_changed(replace(there, columns=added.columns), old, added)
        return added


def _there(sought: Sought, live: facts.Table) -> Names:
    return {new: old for new, old in sought.names.items() if live.has_column(old)}


def _pointing_to_itself(table: facts.Table, was: facts.Table) -> facts.Table:
    keys = tuple(
        replace(key, to_table=table.name) if (key.to_schema, key.to_table) == was.key else key
        for key in table.foreign_keys
    )
    return replace(table, foreign_keys=keys)


def _parts_by_new_names(
    before: facts.Table, renamed: Sequence[tuple[str, str]], dialect: Dialect
) -> dict[Part, Part]:
    """The parts as they are once columns have their new names -> as they were."""
    moved = before
    for old, new in renamed:
        moved = renamed_column(moved, old, new, dialect)
    return dict(zip(_parts(moved), _parts(before), strict=True))


def _parts(table: facts.Table) -> list[Part]:
    return [*table.constraints, *table.indexes]


def _is_another(old: facts.Column, new: facts.Column) -> bool:
    """A column that is computed now, or not any more, or otherwise, is made anew."""
    return old.generated != new.generated


def _is_of_numbering(part: Part) -> bool:
    return ("inherited", "") in getattr(part, "options", ())


def _moved(
    live: facts.Table,
    renamed: Sequence[tuple[str, str]],
    dropped: Collection[Part],
    dialect: Dialect,
) -> facts.Table:
    left = with_constraints(live, (each for each in live.constraints if each not in dropped))
    left = replace(left, indexes=tuple(each for each in live.indexes if each not in dropped))
    for old, new in renamed:
        left = renamed_column(left, old, new, dialect)
    return left


def _as_changed(live: Fact, old: Fact, new: Fact) -> Fact:
    """The live one with what is different between the other two."""
    said = {
        each.name: getattr(new, each.name)
        for each in fields(new)
        if each.name != "name" and getattr(old, each.name) != getattr(new, each.name)
    }
    return replace(live, **said)


def _target(
    moved: facts.Table,
    sought: Sought,
    changed: Sequence[Pair],
    gone: Sequence[facts.Column],
    new: Sequence[facts.Column],
    added: Sequence[Part],
) -> facts.Table:
    now = {after.name: after for _, after in changed}
    lost = {each.name for each in gone} - {each.name for each in new}
    columns = [now.get(each.name, each) for each in moved.columns if each.name not in lost]
    columns += [each for each in new if not moved.has_column(each.name)]
    comment = moved.comment
    if sought.before.comment != sought.after.comment:
        comment = sought.after.comment
    constraints = [each for each in added if not isinstance(each, facts.Index)]
    kept = [each for each in moved.constraints if not _is_replaced(each, constraints)]
    table = with_constraints(moved, (*kept, *constraints))
    indexes = (*moved.indexes, *(each for each in added if isinstance(each, facts.Index)))
    return replace(
        table, name=sought.after.name, columns=tuple(columns), indexes=indexes, comment=comment
    )


def _is_replaced(old: facts.Constraint, new: Sequence[facts.Constraint]) -> bool:
    return isinstance(old, facts.PrimaryKey) and any(
        isinstance(each, facts.PrimaryKey) for each in new
    )


# The same part of another table


def counterpart(part: Part, table: facts.Table, dialect: Dialect) -> Part | None:
    """The part of the table that does what ``part`` does, whatever its name."""
    wanted = _does(part, dialect)
    alike = [each for each in _parts(table) if _does(each, dialect) == wanted]
    return next((each for each in alike if each.name == part.name), next(iter(alike), None))


def _does(part: Part, dialect: Dialect) -> object:
    match part:
        case facts.PrimaryKey():
            return "primary key"
        case facts.Unique():
            return "unique", part.columns, part.deferrable, part.nulls_distinct, part.include
        case facts.Index() if part.unique and part.columns and _is_plain(part):
            return "unique", part.columns, None, part.nulls_distinct, part.include
        case facts.Index():
            parts = tuple(
                replace(each, expression=None) if each.column else _in_meaning(each, dialect)
                for each in part.parts
            )
            where = meaning(part.where or "", dialect)
            return "index", parts, where, part.unique, part.include, part.method.lower()
        case facts.ForeignKey():
            return "foreign key", part.columns, part.to_schema, part.to_table, part.to_columns
        case facts.Check():
            return "check", meaning(part.sql, dialect)
    return "exclusion", part.name


def _is_plain(index: facts.Index) -> bool:
    plain = tuple(facts.IndexPart(name) for name in index.columns or ())
    return not index.where and index.parts == plain


def _in_meaning(part: facts.IndexPart, dialect: Dialect) -> object:
    return meaning(part.expression or "", dialect), part.descending, part.nulls


def own_columns(part: Part) -> Iterator[str]:
    """Those that it names as columns."""
    if isinstance(part, facts.Index):
        yield from (each.column for each in part.parts if each.column)
    else:
        yield from getattr(part, "columns", ())
