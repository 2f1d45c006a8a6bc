"""What a database says and another does not: the measure of a round trip through models."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from kit_django.schema.dialects import dialect_named
from kit_django.schema.dialects.base import Dialect
from kit_django.schema.dialects.types import MYSQL_TEXTS, SqlType
from kit_django.schema.facts import (
    Column,
    Database,
    ForeignKey,
    Index,
    Table,
    Unique,
    display_name,
)
from kit_django.schema.sql.same import meaning, meaning_of_default

T = TypeVar("T")
# A statement that was refused is no fact; what is not there for it is one.
REFUSED = "refused by the database"
# What the machine chose, and what is no part of the schema.
UNCOMPARED_OPTIONS = {
    *("statistics", "row format", "auto increment", "avg row length"),
    "not null",  # which is a name, as those of other keys
}


@dataclass(frozen=True, slots=True)
class Loss:
    """One fact that is gone, or is another one: ``before`` and ``after`` are its texts."""

    kind: str
    table: str
    about: str
    before: str
    after: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """``facts`` counts all that was compared, ``losses`` what did not come back the same.

    ``beside`` is what the database holds and no model makes, ``otherwise`` what both say, each in
    another way, and what models add: no facts, but differences all the same.
    """

    facts: Mapping[str, int]
    losses: tuple[Loss, ...]
    beside: tuple[Loss, ...] = ()
    otherwise: tuple[Loss, ...] = ()

    @property
    def total(self) -> int:
        return sum(self.facts.values())

    @property
    def kept(self) -> int:
        lost = [loss for loss in self.losses if loss.kind != REFUSED]
        return max(self.total - len(lost), 0)

    def lost(self, kind: str) -> int:
        return sum(loss.kind == kind for loss in self.losses)


def compare(before: Database, after: Database) -> Comparison:
    """What of ``before`` is not in ``after``.

    Names that a person cannot give through a model (those of primary keys, foreign keys, unique
    columns, the indexes of relations) are not facts here, nor is the order of columns.
    """
    comparing = _Comparing(dialect_named(before.vendor))
    for table in before:
        comparing.table(table, after.find(table.name, table.schema))
    return Comparison(dict(comparing.facts), tuple(comparing.losses))


class _Comparing:
    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.facts: Counter[str] = Counter()
        self.losses: list[Loss] = []
        self.name = ""
        self.key: tuple[str, ...] = ()
        self.table_collations = ("", "")

    def table(self, before: Table, after: Table | None) -> None:
        self.name = display_name(before.key)
        self.key = _key(before)
        if after is None:
            after = Table(before.name, schema=before.schema)
            self._lose("table", "", before.kind)
        self.table_collations = before.option("collation") or "", after.option("collation") or ""
        self._count("table")
        for column in before.columns:
            if after.has_column(column.name):
                self._column(column, after.column(column.name))
            else:
                self._count("column")
                self._lose("column", column.name, column.type)
        self._say("primary key", "", _key(before), _key(after), always=True)
        self._many("primary key option", _key_says(before), _key_says(after))
        self._say("table comment", "", before.comment, after.comment)
        self._many(
            "unique",
            _uniques(before, self.dialect),
            {*_uniques(after, self.dialect), _unique(Unique(_key(after)))},
        )
        self._many("unique option", _unique_options(before), _unique_options(after))
        self._indexes(before, after)
        self._many("index comment", _index_comments(before), _index_comments(after))
        self._many("check", self._checks(before), self._checks(after))
        self._foreign_keys(before, after)
        self._many(
            "exclusion",
            {e.sql: e.name for e in before.exclusions},
            {e.sql for e in after.exclusions},
        )
        self._many(
            "trigger", {t.name: t.name for t in before.triggers}, {t.name for t in after.triggers}
        )
        for option, value in before.options:
            if option not in UNCOMPARED_OPTIONS:
                self._say(
                    "table option", option, f"{option} {value}", f"{option} {after.option(option)}"
                )

    def _column(self, before: Column, after: Column) -> None:
        name = before.name
        self._count("column")
        self._say("type", name, before.type, after.type, self._type)
        self._say("null", name, before.null, after.null, shown=str)
        self._say("default", name, before.default or "", after.default or "", self._default(before))
        self._say("collation", name, *self._collations(before, after))
        self._say("comment", name, before.comment, after.comment)
        self._say(
            "on update", name, before.on_update or "", after.on_update or "", self._default_of
        )
        generated = self._generated(before), self._generated(after)
        self._say("generated", name, *generated, self._meaning_of_generated)
        self._say("numbering", name, _numbering(before), _numbering(after))
        self._say("numbering option", name, _numbering_options(before), _numbering_options(after))
        self._say("invisible", name, before.invisible, after.invisible)
        for option, value in before.options:
            if option not in UNCOMPARED_OPTIONS:
                kept = dict(after.options).get(option)
                self._say("column option", name, f"{option} {value}", f"{option} {kept}")

    def _collations(self, before: Column, after: Column) -> tuple[str, str]:
        """Those of the columns; on MySQL a text follows its table, which follows the database."""
        is_text = SqlType.parse(before.type).name in MYSQL_TEXTS
        of_tables = self.table_collations if is_text else ("", "")
        return before.collation or of_tables[0], after.collation or of_tables[1]

    def _type(self, text: Any) -> Hashable:
        return self.dialect.types.stored(text)

    def _default(self, column: Column) -> Callable[[Any], Hashable]:
        is_rowid = self.dialect.integer_key_is_rowid and self.key == (column.name,)
        if _numbering(column) or (is_rowid and column.type.upper() == "INTEGER"):
            return lambda _: ""  # numbering is a fact of its own
        return self._default_of

    def _default_of(self, text: Any) -> Hashable:
        return meaning_of_default(text, self.dialect)

    def _meaning_of_generated(self, text: Any) -> Hashable:
        expression, _, kind = text.rpartition(" ")
        return meaning(expression, self.dialect), kind

    @staticmethod
    def _generated(column: Column) -> str:
        if column.generated is None:
            return ""
        kind = "stored" if column.generated.stored else "virtual"
        return f"{column.generated.expression} {kind}"

    def _checks(self, table: Table) -> dict[Hashable, str]:
        return {
            (meaning(check.sql, self.dialect), check.options): check.name or check.sql
            for check in table.checks
        }

    def _indexes(self, before: Table, after: Table) -> None:
        """By what they are; a name is a fact of its own, but for the index of a relation."""
        there: dict[Hashable, list[str]] = {}
        for index in after.indexes:
            if not _is_unique(index):
                there.setdefault(_index(index, self.dialect), []).append(index.name)
        relations = {key.columns for key in before.foreign_keys}
        for index in before.indexes:
            if _is_unique(index):
                continue
            self._count("index")
            if _index(index, self.dialect) not in there:
                self._lose("index", index.name, str(_index(index, self.dialect)))
            elif (
                index.columns not in relations
                and index.name not in there[_index(index, self.dialect)]
            ):
                self._say(
                    "index name", index.name, index.name, there[_index(index, self.dialect)][0]
                )
            elif index.columns not in relations:
                self._count("index name")

    def _foreign_keys(self, before: Table, after: Table) -> None:
        for key in before.foreign_keys:
            self._count("foreign key")
            found = _likest(key, after.foreign_keys)
            about = ", ".join(key.columns)
            if found is None:
                self._lose("foreign key", about, f"to {key.to_table}")
                continue
            for kind, old, new in (
                ("on delete", key.on_delete, found.on_delete),
                ("foreign key on update", key.on_update, found.on_update),
            ):
                old, new = map(self.dialect.plain_action, (old, new))
                self._say(kind, about, old, new, default="NO ACTION")
            self._say(
                "deferrability", about, key.deferrable or "", found.deferrable or "", always=True
            )
            self._say("match", about, key.match, found.match, default="SIMPLE")
            self._say("foreign key option", about, _key_options(key), _key_options(found))

    def _many(self, kind: str, before: Mapping[Any, str], after: Iterable[Any]) -> None:
        there = set(after)
        for fact, name in before.items():
            self._count(kind)
            if fact not in there:
                self._lose(kind, name, str(fact))

    def _say(
        self,
        kind: str,
        about: str,
        before: T,
        after: T,
        canonical: Callable[[Any], Hashable] = lambda value: value,
        *,
        default: object = None,
        always: bool = False,
        shown: Callable[[T], str] = str,
    ) -> None:
        """Compare one fact; one that is as if nothing had been said is none."""
        if not before and not always and not isinstance(before, bool):
            if after and kind in ("default", "generated", "on update"):
                self._count(kind)
                self._lose(kind, about, "none", shown(after))
            return
        if (default is not None and before == default) or (kind == "invisible" and not before):
            return
        self._count(kind)
        if canonical(before) != canonical(after):
            self._lose(kind, about, shown(before), shown(after))

    def _count(self, kind: str) -> None:
        self.facts[kind] += 1

    def _lose(self, kind: str, about: str, before: str, after: str = "") -> None:
        self.losses.append(Loss(kind, self.name, about, before, after))


def _numbering(column: Column) -> str:
    if column.identity is not None:
        return column.identity.kind
    return "sequence" if (column.default or "").startswith("nextval(") else ""


def _numbering_options(column: Column) -> str:
    """Where the numbers begin, and how they go on."""
    options = column.identity.options if column.identity else ()
    return ", ".join(f"{name} {value}" for name, value in options)


def _key_options(key: ForeignKey) -> str:
    return ", ".join(f"{name} {value}".strip() for name, value in key.options)


def _unique_options(table: Table) -> dict[Hashable, str]:
    """What only one database says of a unique: a conflict's way out, a collation, a comment."""
    return {
        (each.columns, option): f"{each.name or ', '.join(each.columns)}: {' '.join(option)}"
        for each in table.uniques
        for option in each.options
    }


def _key_says(table: Table) -> dict[Hashable, str]:
    """What a primary key says besides its columns: WITHOUT OVERLAPS, DEFERRABLE, INCLUDE, directions."""
    if table.primary_key is None:
        return {}
    key = table.primary_key
    said = [*key.options, *((("deferrable", key.deferrable),) if key.deferrable else ())]
    said += [("include", column) for column in key.include]
    return {option: " ".join(option).strip() for option in said}


def _index_comments(table: Table) -> dict[Hashable, str]:
    return {(each.name, each.comment): each.name for each in table.indexes if each.comment}


def _key(table: Table) -> tuple[str, ...]:
    return table.primary_key.columns if table.primary_key else ()


def _is_unique(index: Index) -> bool:
    return index.unique


def _uniques(table: Table, dialect: Dialect) -> dict[Hashable, str]:
    """Unique constraints and unique indexes alike: the one does what the other does."""
    found: dict[Hashable, str] = {}
    for unique in table.uniques:
        found[_unique(unique)] = unique.name or ", ".join(unique.columns)
    for index in table.indexes:
        if index.unique:
            plain = Unique(index.columns or (), None, None, index.nulls_distinct, index.include)
            is_plain = index.columns is not None and _index(index, dialect) == _plain_index(index)
            found[_unique(plain) if is_plain else _index(index, dialect)] = index.name
    return found


def _unique(unique: Unique) -> Hashable:
    return unique.columns, unique.deferrable, unique.nulls_distinct, unique.include


def _index(index: Index, dialect: Dialect) -> Hashable:
    parts = tuple(
        (
            part.column,
            meaning(part.expression or "", dialect),
            part.descending,
            part.nulls,
            part.opclass,
            part.collation,
            part.length,
        )
        for part in index.parts
    )
    method = index.method.lower() or "btree"
    return (
        parts,
        meaning(index.where or "", dialect),
        tuple(sorted(index.include)),
        method,
        index.options,
    )


def _plain_index(index: Index) -> Hashable:
    parts = tuple((part.column, (), False, None, None, None, None) for part in index.parts)
    return parts, (), tuple(sorted(index.include)), "btree", ()


def _foreign_key(key: ForeignKey) -> Hashable:
    return key.columns, key.to_schema, key.to_table, key.to_columns


def _likest(key: ForeignKey, others: Iterable[ForeignKey]) -> ForeignKey | None:
    """Of the keys over the same columns, the one that says most of the same."""
    same = (each for each in others if _foreign_key(each) == _foreign_key(key))
    said = (key.on_delete, key.on_update, key.deferrable, key.match)
    return max(
        same,
        key=lambda each: sum(
            one == other
            for one, other in zip(
                said, (each.on_delete, each.on_update, each.deferrable, each.match), strict=True
            )
        ),
        default=None,
    )
