"""What models make and the database says otherwise: names, words, and what was not there before.

None of it counts as a fact of the round trip, for it follows from Django's ways. All of it is named,
for the database's own dumps of the two differ in it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Any

from kit_django.codegen.verifying.losses import Loss
from kit_django.schema.dialects import dialect_named
from kit_django.schema.dialects.base import Dialect
from kit_django.schema.facts import (
    Check,
    Database,
    ForeignKey,
    Generated,
    Identity,
    Index,
    IndexPart,
    PrimaryKey,
    Table,
    Unique,
    display_name,
)
from kit_django.schema.sql.same import meaning

# What a loss of the same is called.
_LOSSES = {
    "column type": "type",
    "column null": "null",
    "column default": "default",
    "column collation": "collation",
    "column comment": "comment",
    "column generated": "generated",
    "column on update": "on update",
    "column identity": "numbering",
    "column invisible": "invisible",
    "column options": "column option",
    "foreign key on delete": "on delete",
    "foreign key deferrable": "deferrability",
    "foreign key match": "match",
    "foreign key options": "foreign key option",
    "primary key columns": "primary key",
    "primary key options": "primary key option",
    "unique options": "unique option",
}
_GROUPS = {
    "column": ("columns",),
    "index": ("uniques", "indexes"),  # a unique may be a constraint, or a bare index
    "check": ("checks",),
    "foreign key": ("foreign_keys",),
    "exclusion": ("exclusions",),
    "trigger": ("triggers",),
}


def otherwise(before: Database, after: Database, lost: Iterable[Loss]) -> Iterator[Loss]:
    """Each difference between the tables of both that is none of those ``lost``."""
    dialect = dialect_named(before.vendor)
    told = {_place(each) for each in lost}
    for table in before:
        twin = after.find(table.name, table.schema)
        for each in _Twins(dialect, table, twin).differences() if twin else ():
            if _place(each) not in told:
                yield each


def _place(loss: Loss) -> tuple[str, str, str]:
    return loss.kind, loss.table, loss.about


@dataclass(frozen=True)
class _Twins:
    """A table, and that of its model."""

    dialect: Dialect
    before: Table
    after: Table

    def differences(self) -> Iterator[Loss]:
        yield from self._order()
        yield from self._group("primary key", _key(self.before), _key(self.after))
        for kind, names in _GROUPS.items():
            old = [each for name in names for each in getattr(self.before, name)]
            new = [each for name in names for each in getattr(self.after, name)]
            yield from self._group(kind, old, new)
        yield from self._options()
        if self.before.comment != self.after.comment:
            yield self._otherwise("table comment", "", self.before.comment, self.after.comment)

    def _order(self) -> Iterator[Loss]:
        old, new = self.before.column_names, self.after.column_names
        if [name for name in old if name in new] != [name for name in new if name in old]:
            yield self._otherwise("order of columns", "", ", ".join(old), ", ".join(new))

    def _options(self) -> Iterator[Loss]:
        old, new = dict(self.before.options), dict(self.after.options)
        for name in {**old, **new}:
            if old.get(name) != new.get(name):
                yield self._otherwise("table option", name, old.get(name), new.get(name))

    def _group(self, kind: str, old: Iterable[Any], new: Iterable[Any]) -> Iterator[Loss]:
        """Each with the likest that does the same."""
        left = list(new)
        for each in old:
            same = [other for other in left if self._does(each) == self._does(other)]
            twin = min(same, key=lambda other: len(_differing(each, other)), default=None)
            if twin is None:
                yield self._otherwise(kind, _about(each), _shown(each))
            else:
                left.remove(twin)
                yield from self._pair(kind, each, twin)
        for each in left:
            yield self._otherwise(f"added {kind}", _about(each), None, each)

    def _pair(self, kind: str, old: Any, new: Any) -> Iterator[Loss]:
        if type(old) is not type(new):
            yield self._otherwise("unique", _about(old), _kind(old), _kind(new))
        for name in _differing(old, new):
            what = f"{kind} {name.replace('_', ' ')}"
            values = getattr(old, name), getattr(new, name)
            yield self._otherwise(_LOSSES.get(what, what), _about(old), *values)
        if _sequence(old) != _sequence(new):  # which is no part of an identity, but of the database
            yield self._otherwise("sequence name", old.name, _sequence(old), _sequence(new))

    def _does(self, each: Any) -> Hashable:
        match each:
            case PrimaryKey():
                return "key"
            case ForeignKey():
                return each.columns, each.to_schema, each.to_table, each.to_columns
            case Check():
                return meaning(each.sql, self.dialect)
            case Unique() | Index() if each.columns:
                return isinstance(each, Unique) or each.unique, each.columns
        return each.name

    def _otherwise(self, kind: str, about: str, before: Any, after: Any = None) -> Loss:
        return Loss(kind, display_name(self.before.key), about, _shown(before), _shown(after))


def _key(table: Table) -> tuple[PrimaryKey, ...]:
    return (table.primary_key,) if table.primary_key else ()


def _sequence(each: Any) -> str | None:
    identity = getattr(each, "identity", None)
    return (identity.sequence or None) if identity else None


def _kind(each: Unique | Index) -> str:
    return "a constraint" if isinstance(each, Unique) else "an index"


def _differing(one: Any, other: Any) -> list[str]:
    if type(one) is not type(other):
        return ["name"] if one.name != other.name else []
    names = (part.name for part in fields(one) if part.compare)
    return [name for name in names if getattr(one, name) != getattr(other, name)]


def _about(each: Any) -> str:
    """As a loss names it."""
    columns = ", ".join(getattr(each, "columns", None) or ())
    if isinstance(each, ForeignKey):
        return columns
    return each.name or getattr(each, "sql", "") or columns


def _shown(value: Any) -> str:
    match value:
        case None:
            return "none"
        case str() | bool():
            return str(value)
        case Identity():
            return " ".join([value.kind, *map(_shown, value.options)])
        case Generated():
            return f"{value.expression} {'stored' if value.stored else 'virtual'}"
        case IndexPart():
            return _part(value)
        case tuple():
            return ", ".join(map(_shown, value)) or "none"
    return _about(value)


def _part(part: IndexPart) -> str:
    words = [part.column or part.expression or ""]
    words += [f"({part.length})"] if part.length else []
    words += [f"collate {part.collation}"] if part.collation else []
    words += [part.opclass] if part.opclass else []
    words += ["desc"] if part.descending else []
    words += [f"nulls {part.nulls}"] if part.nulls else []
    return " ".join(words)
