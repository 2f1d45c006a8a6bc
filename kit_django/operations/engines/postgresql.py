"""PostgreSQL: ALTER TABLE can do it all, in a transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from functools import cached_property

from django.db import Error, transaction

from kit_django.exceptions import NotSupported, OperationError
from kit_django.operations.changes.base import Change, Needs
from kit_django.operations.definitions.enums import enum_of
from kit_django.operations.engines.base import Engine
from kit_django.operations.engines.postgresql_enums import EnumTypes
from kit_django.operations.engines.postgresql_losses import cast, lost
from kit_django.schema import clauses, facts, statements
from kit_django.schema.dialects.types import is_text
from kit_django.schema.sql.types import text_default
from kit_django.schema.tables.dependents import followers
from kit_django.schema.tables.difference import Difference, Part
from kit_django.schema.tables.parts import with_column


class PostgreSQLEngine(Engine):
    has_using = True

    def refuse(self, step: Difference, needs: Needs) -> None:
        super().refuse(step, needs)
        _refuse_inherited(step)
        for old, new in step.changed_columns:
            if old.generated != new.generated:
                raise NotSupported(
                    f"PostgreSQL cannot change what {new.name!r} is generated from "
                    "(generated_as=). Drop the column, and add it anew."
                )

    @cached_property
    def _enums(self) -> EnumTypes:
        return EnumTypes(self)

    def steps(
        self, before: facts.Table, changes: Sequence[Change]
    ) -> list[tuple[Difference, Needs]]:
        with self.catalog.imagining_enums():
            return super().steps(before, changes)

    def step(self, change: Change, before: facts.Table) -> Difference:
        return self._enums.imagined(super().step(change, before), change.needs)

    def create_table(self, table: facts.Table, needs: Sequence[Needs] = ()) -> None:
        with self._all_or_nothing():
            for each in needs:
                if each.labels is not None:
                    self._enums.have(None, table, *each.labels)
            self._enums.settle(table, table.columns)
            super().create_table(table)

    def make(self, step: Difference, needs: Needs) -> None:
        with nullcontext() if needs.concurrently else self._all_or_nothing():
            self._make(step, needs)

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        """The statements of one change are one transaction, where the migration has none."""
        if self.pretends or self.connection.in_atomic_block or self._is_amid_transaction():
            yield
            return
        with self.progress.all_or_nothing(), transaction.atomic(self.connection.alias):
            yield
        self._enums.unsettled.clear()

    def _is_amid_transaction(self) -> bool:
        """Whether the writer has begun one by SQL of their own."""
        self.connection.ensure_connection()
        return bool(self.connection.connection.info.transaction_status)

    def _make(self, step: Difference, needs: Needs) -> None:
        leaving = self._enums.leaving(step)
        if needs.labels is not None:
            self._enums.have(step.before, step.after, *needs.labels)
        columns = (*step.new_columns, *(new for _, new in step.changed_columns))
        self._enums.settle(step.after, columns)
        super().make(step, needs)
        self._enums.follow(step)
        self._enums.drop_unused(leaving)

    def _require_concurrency(self) -> None:
        if self.connection.in_atomic_block and not self.pretends:
            raise OperationError(
                "An index cannot be made or dropped concurrently in a transaction. "
                "Say `atomic = False` in the migration."
            )

    def add(self, table: facts.Table, part: Part, *, concurrently: bool = False) -> None:
        try:
            super().add(table, part, concurrently=concurrently)
        except BaseException:
            is_undone = concurrently and self._has_dropped_invalid(table, part)
            with self.progress.all_or_nothing() if is_undone else nullcontext():
                raise

    def _has_dropped_invalid(self, table: facts.Table, part: Part) -> bool:
        """Drop what CREATE INDEX CONCURRENTLY leaves where it fails: its name would be taken."""
        self.catalog.forget(table.key)
        with suppress(Error):
            found = self.catalog.table(table.key).indexes
            if any(each.name == part.name and not each.valid for each in found):
                self.drop(table, part, concurrently=True)
                return True
        return False

    def change_column(
        self, step: Difference, old: facts.Column, new: facts.Column, using: str | None
    ) -> None:
        if self._has_type(old, new) and using is None:
            self._alter_column(step.before, old.name, self._actions(old, new))
        else:
            self._retype(step.before, old, new, using)
        if old.comment != new.comment:
            self.execute(statements.column_comment(self.dialect, step.after, new))

    def _has_type(self, old: facts.Column, new: facts.Column) -> bool:
        return old.collation == new.collation and self.dialect.types.same(old.type, new.type)

    def _alter_column(self, table: facts.Table, name: str, actions: list[str]) -> None:
        column = self.dialect.quote_name(name)
        if actions:
            self.alter(table, *(f"ALTER COLUMN {column} {action}" for action in actions))

    def _retype(
        self, table: facts.Table, old: facts.Column, new: facts.Column, using: str | None
    ) -> None:
        """The columns that refer to this one, on any way, follow its type."""
        references, places = followers(table, old.name, self.catalog)
        if self.dialect.types.same(old.type, new.type):
            references, places = [], places[:1]
        for other, key in references:
            self.drop(other, key)
        self._alter_column(table, old.name, self._type_actions(old, new, using))
        self._keep_sequence(table, old, new)
        for other, name in places[1:]:
            follower = other.column(name)
            followed = replace(follower, type=new.type)
            self._alter_column(other, name, self._type_actions(follower, followed, None))
            self.others_changed([with_column(other, followed)])
        for other, key in references:
            self.add(other, key)

    advice_on_loss = "Say with using= what is to become of them."

    def loss(self, column: str, old: facts.Column, new: facts.Column) -> str | None:
        """A cast cuts a text that is too long, and rounds a number, without a word."""
        if self.dialect.types.same(old.type, new.type):
            return None
        return lost(column, old.type, new.type)

    def _actions(self, old: facts.Column, new: facts.Column) -> list[str]:
        """What ALTER COLUMN has to say where the type stays."""
        actions = []
        if new.default != old.default:
            actions.append(self._default_action(new))
        if old.null != new.null or clauses.spares_nulls(old) != clauses.spares_nulls(new):
            actions.append("DROP NOT NULL" if new.null else "SET NOT NULL")
        return actions

    def _type_actions(self, old: facts.Column, new: facts.Column, using: str | None) -> list[str]:
        """The same, in an order that PostgreSQL takes; an old default need not be castable."""
        column = self.dialect.quote_name(new.name)
        collation = f" COLLATE {clauses.collation_name(self.dialect, new)}" if new.collation else ""
        has_default = old.default is not None and old.generated is None and not _is_serial(old)
        text = "::text" if enum_of(old, self.catalog) else ""
        using = using or (None if old.generated else cast(f"{column}{text}", old.type, new.type))
        actions = ["DROP DEFAULT"] if has_default else []
        actions.append(f"TYPE {new.type}{collation}{f' USING {using}' if using else ''}")
        if new.default is not None and not _is_serial(old):
            are_texts = is_text(old.type) and is_text(new.type)
            told = None if are_texts else text_default(new.default, self.dialect)
            actions.append(self._default_action(replace(new, default=told or new.default)))
        if old.null != new.null or clauses.spares_nulls(old) != clauses.spares_nulls(new):
            actions.append("DROP NOT NULL" if new.null else "SET NOT NULL")
        storage = dict(old.options).get("storage")
        if storage and is_text(old.type) and is_text(new.type):
            actions.append(f"SET STORAGE {storage}")  # which a new type begins without
        return actions

    def _default_action(self, new: facts.Column) -> str:
        if new.default is None:
            return "DROP DEFAULT"
        return f"SET {clauses.default_clause(self.dialect, new.default)}"

    def _keep_sequence(self, table: facts.Table, old: facts.Column, new: facts.Column) -> None:
        """A serial's sequence would run out where the old type did."""
        if _is_serial(old) and old.identity and old.identity.sequence:
            sequence = self.dialect.quote_qualified(old.identity.sequence, table.schema)
            self.execute(f"ALTER SEQUENCE {sequence} AS {new.type}")

    def drop_foreign_keys(self, table: facts.Table, keys: Sequence[facts.ForeignKey]) -> None:
        """Nothing: DROP TABLE ... CASCADE does it, those of partitions included."""

    def drop_table(self, table: facts.Table, *, cascade: bool) -> None:
        with self._all_or_nothing():
            super().drop_table(table, cascade=cascade)

    def _drop_table(self, table: facts.Table, *, cascade: bool) -> None:
        enums = self._enums.owned(table, table.column_names)
        kind = "FOREIGN TABLE" if table.kind == "foreign table" else "TABLE"
        tail = " CASCADE" if cascade else ""
        self.execute(f"DROP {kind} {self.table_name(table)}{tail}")
        if cascade and not self.pretends:
            self.catalog.forget_all()
        self._enums.drop_unused(enums)

    def rename_part(self, table: facts.Table, old: Part, new: Part) -> None:
        if isinstance(old, facts.Index):
            super().rename_part(table, old, new)
        else:
            names = f"{self.name_of(old)} TO {self.name_of(new)}"
            self.alter(table, f"RENAME CONSTRAINT {names}")

    def _rename_table(self, before: facts.Table, after: facts.Table) -> None:
        new_name = self.dialect.quote_name(after.name)
        self.execute(f"ALTER TABLE {self.table_name(before)} RENAME TO {new_name}")

    def rename_table(self, before: facts.Table, after: facts.Table) -> None:
        with self._all_or_nothing():
            super().rename_table(before, after)
            self._enums.follow_table(before, after)


ENGINE = PostgreSQLEngine


def _refuse_inherited(step: Difference) -> None:
    """Columns that come from a parent are the parent's to change."""
    table = step.before
    touched = [*step.gone_columns, *(old for old, _ in step.changed_columns)]
    touched += [table.column(old) for old, _ in step.renamed_columns]
    parent = table.option("partition of") if touched or step.new_columns else None
    if any(("inherited", "") in column.options for column in touched):
        parent = parent or table.option("inherits")
    if parent:
        raise OperationError(
            f"{table.display_name!r} has its columns from {parent}. Change them there."
        )


def _is_serial(column: facts.Column) -> bool:
    return column.identity is not None and column.identity.kind == "serial"
