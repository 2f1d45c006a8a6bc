"""A folder of migrations, run in this process on the database of the test."""

from __future__ import annotations

import io
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command

if TYPE_CHECKING:
    from pathlib import Path

    from django.db.backends.base.base import BaseDatabaseWrapper
    from pytest_django import Settings

SOURCE = """\
from kit_django import Migration, Schema


class Written(Migration):
{body}
"""


@dataclass(frozen=True)
class Outcome:
    """What a command printed, what it raised, and the exit code that this means."""

    stdout: str
    stderr: str
    error: str
    code: int

    @property
    def lines(self) -> list[str]:
        return self.stdout.splitlines()


@dataclass(frozen=True)
class Migrations:
    """``migrations.write("20240101120000_a", up="schema.drop_table('x')")``."""

    folder: Path
    connection: BaseDatabaseWrapper

    def write(
        self, name: str, up: str = "pass", down: str | None = None, attributes: str = ""
    ) -> Path:
        parts = [textwrap.dedent(attributes)] if attributes else []
        parts.append(method("up", up))
        if down is not None:
            parts.append(method("down", down))
        body = textwrap.indent("\n\n".join(parts), "    ")
        return self.write_source(name, SOURCE.format(body=body))

    def write_source(self, name: str, source: str) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{name}.py"
        path.write_text(source, encoding="utf-8")
        return path

    def create_tables(self, *tables: str) -> list[str]:
        """A migration for each table; returns their names."""
        names = []
        for number, table in enumerate(tables):
            name = f"2024010112000{number}_create_{table}_table"
            self.write(name, up=creates(table), down=f"schema.drop_table({table!r})")
            names.append(name)
        return names

    def run(self, command: str, *args: str, **options: Any) -> Outcome:
        if command == "migrate_rollback":
            options.setdefault("force", True)  # DEBUG is off in tests, and nobody is at a terminal
        stdout, stderr = io.StringIO(), io.StringIO()
        error, code = "", 0
        try:
            call_command(command, *args, stdout=stdout, stderr=stderr, **options)
        except CommandError as raised:
            error, code = str(raised), raised.returncode
        except SystemExit as left:
            code = int(left.code or 0)
        return Outcome(stdout.getvalue(), stderr.getvalue(), error, code)

    def migrate(self, **options: Any) -> Outcome:
        """Run it, and be sure that it succeeds."""
        outcome = self.run("migrate", **options)
        assert outcome.code == 0, outcome.error
        return outcome

    @property
    def tables(self) -> set[str]:
        """The tables, without those of the history and of Django's."""
        found = self.connection.introspection.table_names()
        return set(found) - {"kit_migrations", "django_migrations"}

    def history(self) -> list[tuple[str, int, bool]]:
        """Name, batch and whether it is finished, in the order of application."""
        if "kit_migrations" not in self.connection.introspection.table_names():
            return []
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT name, batch, applied_at IS NOT NULL FROM kit_migrations ORDER BY id"
            )
            return [(name, batch, bool(done)) for name, batch, done in cursor.fetchall()]

    def applied(self) -> list[str]:
        return [name for name, _, done in self.history() if done]

    def execute(self, sql: str) -> list[tuple[Any, ...]]:
        with self.connection.cursor() as cursor:
            cursor.execute(sql)
            return list(cursor.fetchall()) if cursor.description else []


def method(name: str, body: str) -> str:
    return f"def {name}(self, schema: Schema) -> None:\n{textwrap.indent(textwrap.dedent(body), '    ')}"


def creates(table: str) -> str:
    return (
        f"with schema.create_table({table!r}) as table:\n    table.id()\n    table.string('name')"
    )


@pytest.fixture
def migrations(connection: BaseDatabaseWrapper, tmp_path: Path, settings: Settings) -> Migrations:
    """The project's migrations folder, which is not there yet."""
    folder = tmp_path / "migrations"
    settings.KIT = {"MIGRATIONS_DIR": folder, "ENVIRONMENT": "test"}
    return Migrations(folder, connection)
