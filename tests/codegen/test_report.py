"""A report that people read, and files that stay whose they are."""

from __future__ import annotations

import os
import subprocess
from contextlib import suppress
from typing import TYPE_CHECKING

import django
import pytest

from tests.codegen.test_drift import HEAD, Changes
from tests.codegen.test_values import execute

if TYPE_CHECKING:
    from tests.projects import Project

TABLES = [
    "CREATE TABLE parents (id integer PRIMARY KEY)",
    *(
        f"CREATE TABLE kids{number} (id integer PRIMARY KEY, parent_id integer,"
        " FOREIGN KEY (parent_id) REFERENCES parents (id) ON UPDATE CASCADE)"
        for number in range(4)
    ),
]


def test_a_kind_of_note_is_one_line_and_what_changed_comes_first(project: Project) -> None:
    execute(project, *TABLES)
    lines = project.run("db_sync", check=0).lines
    assert lines[0].startswith("No migration was run: none has been here.")
    notes = [line for line in lines if "ON UPDATE CASCADE" in line]
    assert notes == [
        "4 notes: not expressible: ON UPDATE CASCADE (kids0, kids1, kids2 ...); -v 2 lists them."
    ]
    assert lines.index(notes[0]) > next(n for n, line in enumerate(lines) if "Wrote" in line)
    project.write("blog/models.py", HEAD)
    whole = project.run("db_sync", "--skip-migrations", "-v", "2", check=0).lines
    assert sum("ON UPDATE CASCADE" in line for line in whole) == 4
    assert "django_migrations" not in project.connection.introspection.table_names()


def test_tables_that_are_not_there_and_what_no_edit_mends_are_said(project: Project) -> None:
    changes = Changes(project)
    execute(project, *TABLES[:2])
    wrong = project.run("db_sync", "--skip-migrations", "--table", "parent", check=2)
    assert "--table parent: there is no such table. Did you mean parents?" in wrong.stderr
    changes.sync()
    execute(project, "DROP TABLE kids0")
    shown = project.run("db_sync", "--skip-migrations", "--diff", check=0).stdout
    assert "by hand: blog.Kids0: its table is gone" in shown
    project.migration(
        "20240101000000_pending",
        "from kit_django import Migration\n\n\nclass Pending(Migration):\n"
        "    def up(self, schema):\n        schema.run_sql('SELECT 1')\n",
    )
    result = project.run("db_sync", "--skip-migrations", "--check", check=1)
    assert "Migrations that are pending: 1." in result.stdout


@pytest.mark.databases("sqlite")
def test_long_work_is_told_at_a_terminal_and_nowhere_else(project: Project) -> None:
    execute(project, *(f"CREATE TABLE t{number} (id integer PRIMARY KEY)" for number in range(25)))
    piped = project.run("db_sync", "--skip-migrations", "--check", check=1).stdout
    assert "\r" not in piped
    shown = [
        at_a_terminal(project, "db_sync", "--skip-migrations"),
        at_a_terminal(project, "db_sync", "--skip-migrations", "--check"),
    ]
    for text, work in zip(
        shown, ["Writing models: 0 of 25", "Comparing models: 0 of 25"], strict=True
    ):
        *passing, last = text.replace("\r\n", "\n").split("\r")
        assert any(line.startswith(work) for line in passing)
        assert passing[-1].strip() == ""  # and gone before the report
        assert "models" in last
        assert " of " not in last


def at_a_terminal(project: Project, *argv: str) -> str:
    """What a command prints there."""
    ours, its = os.openpty()
    done = subprocess.Popen(
        project.command(*argv), cwd=project.folder, env=project.environment(), stdout=its
    )
    os.close(its)
    text = b""
    with suppress(OSError):  # which is how a terminal's end is told
        while piece := os.read(ours, 4096):
            text += piece
    os.close(ours)
    assert done.wait() == 0
    return text.decode()


PROTECTED = """

class Owner(models.Model):
    class Meta:
        db_table = "owners"


class Parent(models.Model):
    owner = models.ForeignKey(Owner, models.{action})

    class Meta:
        db_table = "parents"


class Kid(models.Model):
    parent = models.ForeignKey(Parent, models.DB_CASCADE)

    class Meta:
        db_table = "kids"
"""
OWNED = """\
with schema.create_table("owners") as table:
    table.id()
with schema.create_table("parents") as table:
    table.id()
    table.foreign_id("owner_id", references="owners")
with schema.create_table("kids") as table:
    table.id()
    table.foreign_id("parent_id", references="parents", on_delete="cascade")
"""


@pytest.mark.skipif(django.VERSION < (6, 1), reason="Django has no DB_CASCADE yet")
def test_what_a_person_protects_changes_no_other_model(project: Project) -> None:
    changes = Changes(project)
    changes.migrate(OWNED)
    project.configure('SILENCED_SYSTEM_CHECKS = ["models.E050", "fields.E324", "fields.E322"]')
    changes.write(HEAD + PROTECTED.format(action="PROTECT"))
    before = changes.text()
    changes.sync()
    assert changes.text() == before


def test_a_file_stays_whose_it_is(project: Project) -> None:
    execute(project, TABLES[0])
    path = project.file("blog/models.py")
    path.chmod(0o664)
    if os.geteuid() == 0:
        os.chown(path, 1234, 2345)
    before = path.stat()
    project.run("db_sync", "--skip-migrations", check=0)
    after = path.stat()
    assert "class Parent(" in path.read_text("utf-8")
    kept = ("st_uid", "st_gid", "st_mode")
    assert [getattr(after, name) for name in kept] == [getattr(before, name) for name in kept]


@pytest.mark.parametrize("kind", ["pipe", "link"])
def test_what_is_no_file_is_not_written_to(project: Project, kind: str) -> None:
    execute(project, TABLES[0])
    path = project.file("blog/models.py")
    path.unlink()
    os.mkfifo(path) if kind == "pipe" else path.symlink_to("nowhere.py")
    result = project.run("db_sync", "--skip-migrations", check=1)
    assert "Nothing was changed; put a plain file there" in result.stderr
    assert path.is_fifo() or path.is_symlink()
