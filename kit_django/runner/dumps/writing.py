"""A connection's database -> the text of its dump, through the driver alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

from kit_django.conf import get_settings
from kit_django.exceptions import DumpUnusable, OperationError
from kit_django.runner.dumps.file import ENDING, Record, render
from kit_django.schema import facts
from kit_django.schema.dialects import Dialect, dialect_named, dialect_of
from kit_django.schema.introspection import introspect, row_statements, surroundings, unsaid
from kit_django.schema.sql.scripts import statements_of
from kit_django.schema.whole import VIEWS, Group, Whole, in_sessions, node_of


@dataclass(frozen=True)
class Written:
    """The text of a dump; ``unsaid`` are the things that it does not make."""

    text: str
    tables: int
    unsaid: tuple[str, ...]


def written(connection: BaseDatabaseWrapper, records: Sequence[Record]) -> Written:
    """All that the database has, but for the tables that record migrations, and the rows of
    ``KIT["DUMP_ROWS"]``. Raises DumpUnusable for a statement that could not be read again."""
    dialect = dialect_of(connection)
    with _session(connection, dialect):
        around = surroundings(connection)
        database = introspect(connection, schemas=around.schemas, views=True, partitions=True)
        left_out = frozenset(("relation", None, name) for name in own_tables())
        whole = Whole(dialect, database, around, left_out)
        lost = unsaid(connection, around)
        statements = list(_Statements(connection, whole).ended())
    tables = sum(table.kind not in VIEWS for table in whole.tables)
    return Written(render(connection.vendor, records, statements), tables, lost)


def own_tables() -> tuple[str, str]:
    """The tables that record migrations: their rows are made of what a dump covers."""
    return get_settings().history_table, MigrationRecorder.Migration._meta.db_table


@contextmanager
def _session(connection: BaseDatabaseWrapper, dialect: Dialect) -> Iterator[None]:
    """One in which a schema is told as it is told everywhere."""
    if not dialect.whole_session:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(dialect.enter_session(dialect.whole_session), None)
        try:
            yield
        finally:
            cursor.execute(dialect.leave_session(dialect.whole_session), None)


class _Statements:
    def __init__(self, connection: BaseDatabaseWrapper, whole: Whole) -> None:
        self.connection, self.whole = connection, whole
        self.dialect = whole.dialect
        self.patterns = get_settings().dump_rows

    def ended(self) -> Iterator[str]:
        """Each with what ends it. Raises DumpUnusable."""
        reader = dialect_named(self.dialect.vendor)
        for statement in self._all():
            yield _ended(statement, reader)

    def _all(self) -> Iterator[str]:
        around = self.dialect.whole_session
        if around:
            yield from self._cut(self.dialect.enter_session(around))
        groups = (group for group in self._with_rows() if group.statements)
        steps = (
            (tuple(each for each in group.session if each not in around), group.statements)
            for group in groups
        )
        for statements in in_sessions(steps, self.dialect, self._cut):
            yield from statements

    def _cut(self, sql: str) -> Sequence[str]:
        return statements_of(sql, self.dialect)

    def _with_rows(self) -> Iterator[Group]:
        """The rows of a table stand behind it, those of partitions behind all tables: before
        triggers and keys, and before what is made of rows."""
        tables = {node_of(each): each for each in self.whole.tables if self._has_rows(each)}
        partitioned = [each for each in tables.values() if each.kind == "partitioned table"]
        seen: set[facts.Node] = set()
        are_written = not partitioned
        views = {node_of(each) for each in self.whole.tables if each.kind in VIEWS}
        for group in self.whole.groups():
            is_first = group.node not in seen
            seen.add(group.node)
            if not are_written and (group.node in views or not is_first):
                are_written = True
                for table in partitioned:
                    yield self._rows(table)
            yield group
            if is_first and group.node in tables and tables[group.node] not in partitioned:
                yield self._rows(tables[group.node])

    def _has_rows(self, table: facts.Table) -> bool:
        if table.kind not in ("table", "partitioned table") or table.option("partition of"):
            return False
        return any(fnmatchcase(table.display_name, pattern) for pattern in self.patterns)

    def _rows(self, table: facts.Table) -> Group:
        found = list(row_statements(self.connection, self.dialect, table))
        return Group(("rows", table.schema, table.name), found)


def _ended(statement: str, reader: Dialect) -> str:
    """With what ends it, so that it is read again as it is."""
    plain = f"{statement}{ENDING}"
    forms = [plain, f"{statement}\n{ENDING}"]
    if reader.reading.code_comments:
        forms.append(f"DELIMITER ;;\n{statement};;\nDELIMITER {ENDING}")
    for form in forms:
        try:
            if statements_of(form, reader) == [statement.strip()]:
                return form
        except OperationError:
            continue
    raise DumpUnusable(
        f"This statement could not be read again from a file, so no dump was written: "
        f"{' '.join(statement.split())[:200]}"
    )
