"""Foreign keys: the pragma has no names and no deferrability, the statement no defaults."""

from __future__ import annotations

from dataclasses import dataclass

from kit_django.schema.dialects.sqlite import SQLITE
from kit_django.schema.facts import ForeignKey
from kit_django.schema.introspection.rows import Row, group
from kit_django.schema.sql.created import ReferenceDefinition


@dataclass(frozen=True, slots=True)
class Parents:
    """How the tables that foreign keys point to spell themselves, by their folded names."""

    columns: dict[str, list[Row]]

    @classmethod
    def of(cls, rows: list[Row]) -> Parents:
        return cls(group(rows, lambda row: SQLITE.folded(row.table)))

    def table(self, name: str) -> str:
        own = self.columns.get(SQLITE.folded(name))
        return str(own[0].table) if own else name

    def column(self, part: Row) -> str | None:
        """What one part of a foreign key points to; None where there is nothing to point to.

        A foreign key that names no columns points to the primary key.
        """
        for row in self.columns.get(SQLITE.folded(part.to_table), ()):
            is_implied = part.to_column is None and row.place_in_key == part.seq + 1
            if is_implied or (
                part.to_column and SQLITE.folded(row.name) == SQLITE.folded(part.to_column)
            ):
                return str(row.name)
        return None if part.to_column is None else str(part.to_column)


def make_foreign_keys(
    rows: list[Row], written: tuple[ReferenceDefinition, ...], parents: Parents
) -> tuple[ForeignKey, ...]:
    """``rows`` are the pragma's; it numbers the keys from the last to the first that was written."""
    grouped = group(rows, lambda row: row.id)
    left = list(written)
    found = [_foreign_key(grouped[number], left, parents) for number in sorted(grouped)[::-1]]
    return tuple(sorted(found, key=lambda key: (key.columns, key.to_table, key.name or "")))


def _foreign_key(parts: list[Row], left: list[ReferenceDefinition], parents: Parents) -> ForeignKey:
    first = parts[0]
    columns = tuple(part.column for part in parts)
    to_columns = (parents.column(part) for part in parts)
    definition = _take(left, columns, first.to_table)
    return ForeignKey(
        columns=columns,
        to_table=parents.table(first.to_table),
        to_columns=tuple(column for column in to_columns if column is not None),
        name=definition.name,
        on_delete=first.on_delete,
        on_update=first.on_update,
        deferrable=definition.deferrable,
    )


def _take(
    left: list[ReferenceDefinition], columns: tuple[str, ...], to_table: str
) -> ReferenceDefinition:
    """The first definition, in the order of writing, that is not yet taken and fits."""
    wanted = (tuple(map(SQLITE.folded, columns)), SQLITE.folded(to_table))
    for place, each in enumerate(left):
        if (tuple(map(SQLITE.folded, each.columns)), SQLITE.folded(each.to_table)) == wanted:
            return left.pop(place)
    return ReferenceDefinition(columns, to_table)
