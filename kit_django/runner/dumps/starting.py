"""An empty database starts from the schema dump, where there is one that fits the files."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.exceptions import DumpUnusable
from kit_django.runner.dumps.file import Dump, dump_path, read
from kit_django.runner.events import Note, Report
from kit_django.runner.files import discover, display_path
from kit_django.runner.history import History


def fitting_dump(
    connection: BaseDatabaseWrapper, report: Report, *, is_wiped: bool = False
) -> Dump | None:
    """The dump for an empty database, None where the database is not empty.

    One that cannot be used is told of in one line. ``is_wiped``: what is there is known to go, or to
    be of no weight.
    """
    path = dump_path(connection.alias)
    if path is None or not path.is_file() or not (is_wiped or is_empty(connection)):
        return None
    try:
        dump = read(path)
        reason = why_unfit(dump, connection) if dump else ""
    except DumpUnusable as error:
        report(Note(f"The schema dump is not used: {error}. Make a new one with schema_dump."))
        return None
    if reason:
        said = f"The schema dump {display_path(path)} is not used: {reason}."
        report(Note(f"{said} Make a new one with schema_dump."))
        return None
    return dump


def why_unfit(dump: Dump, connection: BaseDatabaseWrapper) -> str:
    from kit_django.runner.dumps.fitting import misfit

    return misfit(dump, connection, discover())


def is_empty(connection: BaseDatabaseWrapper) -> bool:
    """Looked at closely only where there is no table."""
    with connection.cursor() as cursor:
        names = {each.name for each in connection.introspection.get_table_list(cursor)}
    if names - {History(connection).table}:
        return False
    from kit_django.runner.dumps.load import contents

    return not contents(connection)
