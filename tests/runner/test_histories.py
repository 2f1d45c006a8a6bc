"""Whatever people and deployments do one after the other, the database, its history and what is said of
them are what a small model of the history says."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests import databases
from tests.runner.conftest import Migrations

if TYPE_CHECKING:
    from pytest_django import Settings

    from tests.forks import ForkedProject
    from tests.runner.conftest import Outcome

TIMES = int(os.environ.get("KIT_TEST_EXAMPLES", "1"))
SOURCE = """\
import os
import signal

from kit_django import Migration, Schema


def may_die(moment: str, schema: Schema) -> None:
    if os.environ.get("KIT_TEST_DIES") == f"{{__name__.removeprefix('kit_migration_')}} {{moment}}":
        schema.execute("SELECT 1")  # a rehearsal ends here
        os.kill(os.getpid(), signal.SIGKILL)


class Written(Migration):  # edited {version} times
    atomic = {atomic}

    def up(self, schema: Schema) -> None:
        may_die("before", schema)
        with schema.create_table("{table}") as table:
            table.id()
        may_die("after", schema)

    def down(self, schema: Schema) -> None:
        may_die("before", schema)
        schema.drop_table("{table}")
        may_die("after", schema)
"""
SEED = st.integers(0, 99)


@dataclass(frozen=True)
class File:
    table: str
    atomic: bool
    version: int = 0


@dataclass(frozen=True)
class Row:
    """``stands`` is ``"applied"``, or which of both ways has failed: ``"up"``, ``"down"``."""

    name: str
    batch: int
    version: int
    table: str
    stands: str = "applied"


class Histories(RuleBasedStateMachine):
    """``files`` and ``rows`` are the model: the migrations folder, and the history in its order."""

    migrations: Migrations
    project: ForkedProject

    def __init__(self) -> None:
        super().__init__()
        self.files: dict[str, File] = {}
        self.rows: list[Row] = []
        self.tables: set[str] = set()
        self.made = 0

    @initialize()
    def empty(self) -> None:
        databases.wipe(self.migrations.connection)
        for path in self.migrations.folder.glob("*.py"):
            path.unlink()

    # What the model knows

    @property
    def applied(self) -> list[Row]:
        return [row for row in self.rows if row.stands != "up"]

    @property
    def failed(self) -> Row | None:
        return next((row for row in self.rows if row.stands != "applied"), None)

    @property
    def pending(self) -> list[str]:
        known = {row.name for row in self.rows}
        return sorted(name for name in self.files if name not in known)

    @property
    def next_batch(self) -> int:
        return max((row.batch for row in self.rows), default=0) + 1

    def is_transactional(self, name: str) -> bool:
        return self.files[name].atomic and self.migrations.connection.vendor != "mysql"

    # What people do to files

    def write(self, name: str, file: File) -> None:
        self.files[name] = file
        source = SOURCE.format(table=file.table, atomic=file.atomic, version=file.version)
        self.migrations.write_source(name, source)

    @rule(atomic=st.booleans(), is_late=st.integers(0, 3).map(lambda drawn: drawn == 0))
    def make(self, atomic: bool, is_late: bool) -> None:
        self.made += 1
        table = f"table{self.made}"
        name = f"20200101{self.made:06}_late"
        if not is_late:
            outcome = self.migrations.run("make_migration", f"create_{table}_table", format="json")
            assert outcome.code == 0, outcome.error
            name = Path(json.loads(outcome.stdout)["created"]).stem
            assert name > max(self.files, default="")
        self.write(name, File(table, atomic))

    @precondition(lambda self: self.files)
    @rule(seed=SEED)
    def edit(self, seed: int) -> None:
        name = picked(self.files, seed)
        self.write(name, replace(self.files[name], version=self.files[name].version + 1))

    @precondition(lambda self: self.files)
    @rule(seed=SEED)
    def delete(self, seed: int) -> None:
        name = picked(self.files, seed)
        del self.files[name]
        (self.migrations.folder / f"{name}.py").unlink()

    # What is run

    @rule(step=st.booleans())
    def migrate(self, step: bool) -> None:
        pending = self.pending
        outcome = self.migrations.run("migrate", step=step)
        if self.failed:
            self.assert_refused(outcome)
            return
        assert outcome.code == 0, outcome.error
        assert ("Nothing to migrate." in outcome.stdout) is not bool(pending)
        self.has_applied(pending, step)

    def has_applied(self, names: list[str], step: bool = False) -> None:
        first = self.next_batch
        for number, name in enumerate(names):
            file = self.files[name]
            batch = first + number if step else first
            self.rows.append(Row(name, batch, file.version, file.table))
            self.tables.add(file.table)

    @rule(step=st.integers(1, 3), which=st.sampled_from(["step", "all", "batch", "to"]), seed=SEED)
    def rollback(self, step: int, which: str, seed: int) -> None:
        options, chosen = self.choice(step, which, seed)
        outcome = self.migrations.run("migrate_rollback", **options)
        if self.failed:
            self.assert_refused(outcome)
        elif any(row.name not in self.files for row in chosen):
            assert (outcome.code, "its file is missing" in outcome.error) == (1, True)
        else:
            assert outcome.code == 0, outcome.error
            self.have_gone(chosen)

    def choice(self, step: int, which: str, seed: int) -> tuple[dict[str, Any], list[Row]]:
        """The options of a rollback, and the rows that they mean, newest first."""
        newest_first = self.rows[::-1]
        if which == "all" or not self.rows:
            return {"all": True}, newest_first
        if which == "step":
            return {"step": step}, newest_first[:step]
        row = self.rows[seed % len(self.rows)]
        if which == "batch":
            of_batch = [each for each in newest_first if each.batch == row.batch]
            return {"batch": row.batch}, of_batch
        return {"to": row.name}, newest_first[: newest_first.index(row)]

    def have_gone(self, rows: list[Row]) -> None:
        for row in rows:
            self.rows.remove(row)
            self.tables.discard(row.table)

    @rule()
    def fresh(self) -> None:
        outcome = self.migrations.run("migrate_fresh", force=True, drop_others=True)
        if not self.files:
            assert (outcome.code, "Nothing was dropped." in outcome.error) == (1, True)
            return
        assert outcome.code == 0, outcome.error
        self.rows, self.tables = [], set()
        self.has_applied(self.pending)

    def assert_refused(self, outcome: Outcome) -> None:
        assert self.failed
        assert outcome.code == 4, outcome
        assert f"igration {self.failed.name} stopped half-way" in outcome.error

    # What goes wrong

    @precondition(lambda self: self.pending and not self.failed)
    @rule(seed=SEED, moment=st.sampled_from(["before", "after"]))
    def is_killed_in_migrate(self, seed: int, moment: str) -> None:
        pending, name = self.pending, picked(self.pending, seed)
        self.kill("migrate", name, moment)
        self.has_applied(pending[: pending.index(name)])
        if self.is_transactional(name) or moment == "before":
            return
        file = self.files[name]
        batch = self.rows[-1].batch if pending.index(name) else self.next_batch
        self.rows.append(Row(name, batch, file.version, file.table, stands="up"))
        self.tables.add(file.table)

    @precondition(lambda self: self.can_go_back)
    @rule(seed=SEED, moment=st.sampled_from(["before", "after"]))
    def is_killed_in_rollback(self, seed: int, moment: str) -> None:
        row = self.rows[seed % len(self.rows)]
        index = self.rows.index(row)
        self.kill("migrate_rollback", row.name, moment, "--all", "--force")
        self.have_gone(self.rows[:index:-1])
        if not self.is_transactional(row.name) and moment == "after":
            self.rows[index] = replace(row, stands="down")
            self.tables.discard(row.table)

    @property
    def can_go_back(self) -> bool:
        return bool(
            self.rows and not self.failed and all(row.name in self.files for row in self.rows)
        )

    def kill(self, command: str, name: str, moment: str, *options: str) -> None:
        env = {"KIT_TEST_DIES": f"{name} {moment}"}
        assert self.project.run(command, *options, env=env).code == -9

    @precondition(lambda self: self.rows)
    @rule(seed=SEED, resolution=st.sampled_from(["--applied", "--rolled-back"]))
    def resolve(self, seed: int, resolution: str) -> None:
        row = self.failed or self.rows[seed % len(self.rows)]
        file = self.files.get(row.name)
        outcome = self.migrations.run("migrate_resolve", row.name, resolution)
        index = self.rows.index(row)
        if resolution == "--rolled-back":
            assert outcome.code == 0, outcome.error
            del self.rows[index]
            self.by_hand(row, is_there=False)
        elif row.stands == "applied" and (file is None or file.version == row.version):
            assert (outcome.code, "is applied already" in outcome.error) == (1, True)
        else:
            assert outcome.code == 0, outcome.error
            version = file.version if file else row.version
            self.rows[index] = replace(row, version=version, stands="applied")
            self.by_hand(row, is_there=True)

    def by_hand(self, row: Row, is_there: bool) -> None:
        """What a person sees to who says so."""
        self.migrations.execute(f"DROP TABLE IF EXISTS {row.table}")
        self.tables.discard(row.table)
        if is_there:
            self.migrations.execute(f"CREATE TABLE {row.table} (id int)")
            self.tables.add(row.table)

    # What is so

    @invariant()
    def the_database_is_as_the_model(self) -> None:
        assert self.migrations.tables == self.tables

    @invariant()
    def the_history_is_as_the_model(self) -> None:
        found = [
            (name, batch, done)
            for name, batch, done in self.migrations.history()
            if name in {row.name for row in self.rows}
        ]
        assert [name for name, _, _ in found] == [row.name for row in self.rows]
        assert [batch for _, batch, _ in found] == [row.batch for row in self.rows]

    @invariant()
    def the_status_is_as_the_model(self) -> None:
        outcome = self.migrations.run("migrate_status", format="json")
        assert outcome.code == 0, outcome.error
        said = {each["name"]: each["status"] for each in json.loads(outcome.stdout)}
        rows = {row.name: self.state_of(row) for row in self.rows}
        assert said == {**dict.fromkeys(self.pending, "pending"), **rows}

    def state_of(self, row: Row) -> str:
        if row.stands != "applied":
            return "failed"
        if row.name not in self.files:
            return "missing"
        return "applied" if self.files[row.name].version == row.version else "edited"


def picked(names: Any, seed: int) -> str:
    ordered = sorted(names)
    return str(ordered[seed % len(ordered)])


@pytest.mark.long
def test_any_course_of_events(project: ForkedProject, settings: Settings) -> None:
    folder = project.folder / "migrations"
    folder.mkdir()
    settings.KIT = {"MIGRATIONS_DIR": folder, "ENVIRONMENT": "development"}
    Histories.migrations = Migrations(folder, project.connection)
    Histories.project = project
    run_state_machine_as_test(Histories, settings=bounds)


bounds = settings(max_examples=4 * TIMES, stateful_step_count=15)
