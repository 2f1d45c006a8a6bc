"""MariaDB and MySQL: each change is one statement, and commits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from kit_django.exceptions import OperationError
from kit_django.operations.base import Change
from kit_django.operations.changes.columns import DropColumn, RenameColumn
from kit_django.operations.definitions.constraint import Constraint
from kit_django.operations.engines.base import Engine
from kit_django.schema import facts, statements
from kit_django.schema.clauses import name_list
from kit_django.schema.sql.mentions import mentioned_columns, mentions_row
from kit_django.schema.sql_types import MYSQL_INTEGERS, SqlType, same_type
from kit_django.schema.tables.dependents import Place, Reference, followers
from kit_django.schema.tables.parts import with_column


class MySQLEngine(Engine):
    def refuse(self, change: Change, before: facts.Table, after: facts.Table) -> None:
        super().refuse(change, before, after)
        if isinstance(change, RenameColumn | DropColumn):
            self._refuse_broken_triggers(before, change.name)

    def _refuse_broken_triggers(self, table: facts.Table, column: str) -> None:
        """A trigger goes on naming what is not there any more, and then no row can be written."""
        dialect = self.dialect
        for trigger in table.triggers:
            if mentions_row(trigger.sql, column, dialect):
                raise OperationError(
                    f"The trigger {trigger.name!r} of {table.name!r} uses column {column!r}, and "
                    f"{self.connection.display_name} would not change it. Drop the trigger first, "
                    "and make it anew."
                )

    def change_column(
        self, before: facts.Table, after: facts.Table, name: str, using: str | None
    ) -> None:
        old, new = before.column(name), after.column(name)
        same = same_type(self.connection, old.type, new.type) and old.collation == new.collation
        if same and old.options == new.options:
            self._modify(after, new)
        else:
            self._retype(before, after, new)

    def _modify(self, table: facts.Table, column: facts.Column) -> None:
        # MODIFY forgets whatever it is not told, so it is told the whole column.
        definition = self.column_definition(column)
        self._alter(table, f"MODIFY COLUMN {definition}{statements.own_checks(table, column)}")

    def _alter(self, table: facts.Table, *clauses: str) -> None:
        self.execute(f"ALTER TABLE {self.table_name(table)} {', '.join(clauses)}")

    def _retype(self, before: facts.Table, after: facts.Table, new: facts.Column) -> None:
        """A column of a foreign key changes only without the key; those that refer to it follow."""
        self._refuse_loss(before, before.column(new.name), new)
        led_here, places = followers(before, new.name, self.catalog)
        references = dict.fromkeys([*led_here, *_own_references(places)])
        for other, key in references:
            self._alter(other, self._drop_clause(key))
        self._modify(after, new)
        for other, name in places[1:]:
            followed = replace(
                other.column(name), type=new.type, collation=new.collation, options=new.options
            )
            self._modify(after if other.key == after.key else other, followed)
            self.others_changed([with_column(other, followed)])
        for other, key in references:
            self.add_constraint(other, key)

    def _refuse_loss(self, table: facts.Table, old: facts.Column, new: facts.Column) -> None:
        """Strict mode refuses a text that is too long, and rounds a number without a word."""
        column = self.dialect.quote_name(old.name)
        kept = _as_kept(column, SqlType.parse(old.type), SqlType.parse(new.type))
        if kept and not old.generated and self.has_rows(table, f"{column} <> {kept}"):
            raise OperationError(
                f"Column {old.name!r} of {table.name!r} holds values that {new.type} cannot hold "
                "as they are. Change those first."
            )

    def _rename_column(
        self, before: facts.Table, after: facts.Table, name: str, new_name: str
    ) -> None:
        """MariaDB does not rename within checks: those go, and come back with the new name."""
        dialect = self.dialect
        pairs = [
            (old, new)
            for old, new in zip(before.checks, after.checks, strict=True)
            if old.column is None and mentioned_columns(old.sql, [name], dialect)
        ]
        quoted, new_quoted = (self.dialect.quote_name(each) for each in (name, new_name))
        self._alter(
            before,
            *(self._drop_clause(old) for old, _ in pairs),
            f"RENAME COLUMN {quoted} TO {new_quoted}",
            *(f"ADD {self.constraint_clause(new)}" for _, new in pairs),
        )

    def drop_column(self, before: facts.Table, after: facts.Table, name: str) -> None:
        """What stands on the column alone goes in the same statement."""
        gone = [each for each in before.constraints if each not in after.constraints]
        dropped = [
            self._drop_clause(each)
            for each in gone
            if isinstance(each, facts.ForeignKey)
            or (isinstance(each, facts.Check) and each.column is None)
        ]
        column = self.dialect.quote_name(name)
        self._alter(before, *dropped, f"DROP COLUMN {column}")

    def drop_index(self, table: facts.Table, index: facts.Index, *, concurrently: bool) -> None:
        name = self.dialect.quote_name(index.name)
        self._alter(table, f"DROP INDEX {name}", *self._serve_foreign_keys(table, index.name))

    def _serve_foreign_keys(self, table: facts.Table, gone: str | None) -> Iterator[str]:
        """A foreign key is not without an index: it gets the one that it would have made."""
        left = [columns for name, columns in _index_columns(table) if name != gone]
        for key in table.foreign_keys:
            if not any(columns[: len(key.columns)] == key.columns for columns in left):
                left.append(key.columns)
                columns = name_list(self.dialect, key.columns)
                yield f"ADD INDEX {self._name_of(key)} ({columns})"

    def rename_index(self, table: facts.Table, old: facts.Index, new: facts.Index) -> None:
        name, new_name = (self.dialect.quote_name(each.name) for each in (old, new))
        self._alter(table, f"RENAME INDEX {name} TO {new_name}")

    def drop_constraint(self, table: facts.Table, constraint: Constraint) -> None:
        clauses = [self._drop_clause(constraint)]
        if isinstance(constraint, facts.ForeignKey) and _made_index(table, constraint):
            clauses.append(f"DROP INDEX {self._name_of(constraint)}")
        elif isinstance(constraint, facts.Unique | facts.PrimaryKey):
            gone = constraint.name if isinstance(constraint, facts.Unique) else None
            clauses.extend(self._serve_foreign_keys(table, gone))
        self._alter(table, *clauses)

    def _drop_clause(self, constraint: Constraint) -> str:
        match constraint:
            case facts.PrimaryKey():
                return "DROP PRIMARY KEY"
            case facts.Unique():
                return f"DROP INDEX {self._name_of(constraint)}"
            case facts.ForeignKey():
                return f"DROP FOREIGN KEY {self._name_of(constraint)}"
            case _:
                return f"DROP CONSTRAINT {self._name_of(constraint)}"

    def _name_of(self, constraint: Constraint) -> str:
        assert constraint.name is not None
        return self.dialect.quote_name(constraint.name)


def _as_kept(column: str, old: SqlType, new: SqlType) -> str | None:
    """What the new type keeps of a value of the old one, where MySQL would not complain."""
    if old.name.startswith(("decimal", "numeric", "float", "double")):
        if new.name.split()[0] in {*MYSQL_INTEGERS, "integer"}:
            return f"ROUND({column})"
        if new.name.startswith(("decimal", "numeric")):
            return f"ROUND({column}, {(*new.numbers, 0, 0)[1]})"
    if old.name in ("datetime", "timestamp"):
        exact = f"CAST({column} AS DATETIME({new.length or 0}))"
        kinds = {"date": f"DATE({column})", "time": f"TIME({column})", "year": f"YEAR({column})"}
        return {**kinds, "datetime": exact, "timestamp": exact}.get(new.name)
    return None


def _own_references(places: Iterable[Place]) -> Iterator[Reference]:
    """The foreign keys that start from one of the columns."""
    for table, name in places:
        yield from ((table, key) for key in table.foreign_keys if name in key.columns)


def _made_index(table: facts.Table, key: facts.ForeignKey) -> bool:
    """Whether the key made an index of its own, which no other key needs."""
    is_there = any(
        index.name == key.name and index.columns == key.columns for index in table.indexes
    )
    others = [each.columns for each in table.foreign_keys if each != key]
    return is_there and not any(columns[:1] == key.columns[:1] for columns in others)


def _index_columns(table: facts.Table) -> Iterator[tuple[str | None, tuple[str, ...]]]:
    """The columns of each index, whatever it is for; the primary key's has no name."""
    if table.primary_key:
        yield None, table.primary_key.columns
    yield from ((unique.name, unique.columns) for unique in table.uniques)
    yield from ((index.name, index.columns or ()) for index in table.indexes)
