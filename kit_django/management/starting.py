"""``migrate`` on an empty database: what the schema dump covers is loaded, and not run."""

from __future__ import annotations

import sys
from abc import abstractmethod
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader

from kit_django.management.reporting import Reporter
from kit_django.runner.events import Event, Note, Pretended
from kit_django.runner.files import display_path
from kit_django.runner.migrator import Migrator, refuse_alone
from kit_django.runner.planner import Plan, Target

if TYPE_CHECKING:
    from kit_django.runner.dumps.file import Dump


class StartsFromDump:
    """The part of the command that looks for a dump, and loads it."""

    options: dict[str, Any]
    connection: BaseDatabaseWrapper
    report: Reporter
    migrator: Migrator
    found_dump: tuple[Dump | None] | None = None
    pretended_dump: Dump | None = None
    is_wiped = False
    """Whether what the database holds is of no weight."""
    has_loaded = False
    target: Target | None

    @abstractmethod
    def plan(self) -> Plan: ...

    def started(self, plan: Plan) -> Plan:
        """What is left to do once the database has started from the dump, if there is one for it.

        The caller holds the lock. Raises HistoryError where migrations have not run whose files are
        gone.
        """
        if not plan.newest and (dump := self.usable_dump()):
            if self.options["single_transaction"]:
                refuse_alone(self.connection, self.newer_than(dump, plan))
            plan = self.start_from(dump, plan)
        self.migrator.refuse_behind(plan)
        return plan

    def usable_dump(self) -> Dump | None:
        """That of an empty database, unless it makes more than is asked for, which is told."""
        dump = self.fitting_dump()
        reason = self.why_too_much(dump) if dump else ""
        if dump and reason:
            self.report(Note(f"The schema dump {display_path(dump.path)} is not used: {reason}."))
        return None if reason else dump

    def why_too_much(self, dump: Dump) -> str:
        newest = max(dump.covered, default="")
        if self.options["app_label"]:
            return "it makes the tables of all apps"
        if self.options["fake"]:
            return "--fake makes no tables"
        if self.target and newest > self.target.name:
            return f"it covers {newest}, which is newer than {self.target.name}"
        return ""

    def newer_than(self, dump: Dump, plan: Plan) -> list[Any]:
        """The migrations that are left to run, kit's and Django's."""
        files = [file for file in plan.pending if file.name not in dump.covered]
        of_django, there = dump.of("django"), MigrationLoader(None).disk_migrations or {}
        return [
            *self.migrator.load(files),
            *(each for key, each in there.items() if ".".join(key) not in of_django),
        ]

    def fitting_dump(self) -> Dump | None:
        """Looked for once: what is wrong with it is to be told once."""
        from kit_django.runner.dumps.starting import fitting_dump

        if self.found_dump is None:
            found = fitting_dump(self.connection, self.tell, is_wiped=self.is_wiped)
            self.found_dump = (found,)
        return self.found_dump[0]

    def tell(self, event: Event) -> None:
        """A dump that is not used is worth a line where a test runner has asked for silence."""
        self.report(event)
        if isinstance(event, Note) and self.options["verbosity"] == 0 and self.is_for_tests:
            sys.stderr.write(f"{event.text}\n")

    def load(self, dump: Dump) -> None:
        from kit_django.runner.dumps.load import Loader

        Loader(self.connection, self.report, self.migrator.patience.timeout).load(dump)

    def start_from(self, dump: Dump, plan: Plan) -> Plan:
        from kit_django.runner.dumps.load import statements

        if not self.options["pretend"]:
            self.load(dump)
            self.has_loaded = True
            return self.plan()
        self.pretended_dump = dump
        self.report(Pretended(f"schema dump {display_path(dump.path)}", tuple(statements(dump))))
        newer = [file for file in plan.pending if file.name not in dump.covered]
        if newer:
            names = ", ".join(file.name for file in newer)
            self.report(Note(f"What newer migrations run can be told once it is loaded: {names}."))
        return replace(plan, pending=(), behind=())

    # Databases of tests

    @property
    def is_for_tests(self) -> bool:
        """Whether a test runner calls: it has set up the environment of tests, which has an outbox."""
        has_outbox = hasattr(sys.modules.get("django.core.mail"), "outbox")
        return bool(self.options["run_syncdb"]) and has_outbox

    def prepare_for_tests(self) -> None:
        """Begin with a copy of what the dump makes, and have rows of migrations come back."""
        from kit_django.management import test_databases

        self.report.shows_progress = True  # in the silence of a test runner
        test_databases.keep_rows(self.connection)
        dump = self.usable_dump()
        if dump is None:
            return
        templates = test_databases.templates(self.connection, dump)
        if templates is not None:
            templates.fill(lambda: self.load_alone(dump))

    def load_alone(self, dump: Dump) -> None:
        with self.migrator.locked():
            self.load(dump)
