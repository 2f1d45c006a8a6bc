"""MariaDB and MySQL: each change is one statement, and commits."""

from __future__ import annotations

from dataclasses import replace

from kit_django.operations.definitions import Constraint
from kit_django.operations.engines.base import Engine
from kit_django.schema import facts
from kit_django.schema.quoting import quote_name


class MySQLEngine(Engine):
    def change_column(
        self, before: facts.Table, after: facts.Table, name: str, using: str | None
    ) -> None:
        old, new = before.column(name), after.column(name)
        if old.type == new.type and old.collation == new.collation:
            self._modify(after, new)
            return
        self._retype(before, after, new)

    def _modify(self, table: facts.Table, column: facts.Column) -> None:
        # MODIFY forgets whatever it is not told, so it is told the whole column.
        self.execute(
            f"ALTER TABLE {self.table_name(table)} "
            f"MODIFY COLUMN {self.column_definition(column)}{_own_checks(table, column)}"
        )

    def _retype(self, before: facts.Table, after: facts.Table, new: facts.Column) -> None:
        """A column of a foreign key changes only without the key; those that refer to it follow."""
        own = [
            (before, key)
            for key in before.foreign_keys
            if new.name in key.columns and (key.to_schema, key.to_table) != before.key
        ]
        referring = self.referencing(before, new.name)
        for other, key in [*own, *referring]:
            self.drop_constraint(other, key)
        self._modify(after, new)
        for other, key in referring:
            follower = other.column(key.columns[key.to_columns.index(new.name)])
            if (other.key, follower.name) != (before.key, new.name):
                self._modify(
                    other,
                    replace(follower, type=new.type, collation=new.collation, options=new.options),
                )
        for other, key in [*own, *referring]:
            self.add_constraint(other, key)
            self.catalog.forget(other.key)

    def drop_column(self, before: facts.Table, after: facts.Table, name: str) -> None:
        for key in before.foreign_keys:
            if name in key.columns:
                self.drop_constraint(before, key)
        for check in before.checks:
            if check not in after.checks and check.column is None:
                self.drop_constraint(before, check)
        super().drop_column(before, after, name)

    def drop_index(self, table: facts.Table, index: facts.Index, *, concurrently: bool) -> None:
        self._refuse_concurrently(concurrently)
        name = quote_name(self.connection, index.name)
        self.execute(f"DROP INDEX {name} ON {self.table_name(table)}")

    def rename_index(self, table: facts.Table, old: facts.Index, new: facts.Index) -> None:
        name, new_name = (quote_name(self.connection, each.name) for each in (old, new))
        self.execute(f"ALTER TABLE {self.table_name(table)} RENAME INDEX {name} TO {new_name}")

    def drop_constraint(self, table: facts.Table, constraint: Constraint) -> None:
        match constraint:
            case facts.PrimaryKey():
                what = "PRIMARY KEY"
            case facts.Unique():
                what = f"INDEX {self._name_of(constraint)}"
            case facts.ForeignKey():
                what = f"FOREIGN KEY {self._name_of(constraint)}"
            case _:
                what = f"CONSTRAINT {self._name_of(constraint)}"
        self.execute(f"ALTER TABLE {self.table_name(table)} DROP {what}")

    def _name_of(self, constraint: Constraint) -> str:
        assert constraint.name is not None
        return quote_name(self.connection, constraint.name)


def _own_checks(table: facts.Table, column: facts.Column) -> str:
    """The checks that MariaDB keeps with the column, and MODIFY would drop."""
    return "".join(f" CHECK ({each.sql})" for each in table.checks if each.column == column.name)
