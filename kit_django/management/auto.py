"""``make_migration --auto``: what was changed in models.py becomes a migration."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandParser
from django.db import connections

from kit_django.conf import get_settings
from kit_django.exceptions import DatabasesDiffer, Prohibited, SyncError, UsageError
from kit_django.management.base import asks
from kit_django.management.new_files import folder, paths, write
from kit_django.management.reporting import listed
from kit_django.runner import status
from kit_django.runner.counting import count_rows
from kit_django.runner.files import display_path

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    from kit_django.codegen.auto.drafting import Ahead, Draft
    from kit_django.codegen.auto.losses import Loss
    from kit_django.management.base import KitCommand
    from kit_django.schema import facts
    from kit_django.schema.facts import Key
    from kit_django.schema.tables.difference import Difference

ALONE = ("dry_run", "check", "rename", "drop", "no_input", "force")


def add_options(parser: CommandParser) -> None:
    group = parser.add_argument_group("of models that were changed")
    group.add_argument(
        "--auto",
        action="store_true",
        help="It makes of the database what models.py says; NAME may be left out. With --app LABEL, "
        "of the models of that app.",
    )
    group.add_argument(
        "--dry-run", action="store_true", help="Write nothing, and print what would be written."
    )
    group.add_argument(
        "--check", action="store_true", help="Write nothing, and exit with 1 if models are ahead."
    )
    group.add_argument(
        "--rename",
        action="append",
        default=[],
        metavar="OLD=NEW",
        help="The table, or the column as in users.nick=handle, is called NEW in the models. OLD= says "
        "that it was not renamed.",
    )
    group.add_argument(
        "--drop",
        action="append",
        default=[],
        metavar="PATTERN",
        help="What the database has and the models have not goes: tables, and columns, indexes and "
        "constraints as in users.nick.",
    )
    group.add_argument(
        "--no-input", action="store_true", help="Do not ask, and refuse where it is not clear."
    )
    group.add_argument("--force", action="store_true", help="Write it though rows lose something.")


def refuse_alone(options: dict[str, Any]) -> None:
    for option in ALONE:
        if options[option]:
            raise UsageError(f"--{option.replace('_', '-')} goes with --auto.")


def run(command: KitCommand, options: dict[str, Any]) -> None:
    for option in ("from_database", "create", "table", "columns", "split", "allow_differences"):
        if options[option]:
            word = option if option == "columns" else f"--{option.replace('_', '-')}"
            raise UsageError(f"--auto takes the models as they are, and no {word}.")
    _Auto(command, options, connections[options["database"]]).run()


@dataclass
class _Auto:
    command: KitCommand
    options: dict[str, Any]
    connection: BaseDatabaseWrapper

    def run(self) -> None:
        from kit_django.codegen.auto import drafting
        from kit_django.codegen.scaffolding.names import check_name
        from kit_django.codegen.source.rendering import Style

        name, settings = self.options["name"], get_settings()
        if name is not None:
            check_name(name)
        target = folder(self.options["app"])
        self._refuse_pending()
        asked = None if self.options["check"] or not self._may_ask else asks
        wishes = drafting.Wishes(
            self.options["app"], tuple(self.options["rename"]), tuple(self.options["drop"]), asked
        )
        known = drafting.ahead(self.connection, settings, wishes)
        if self.options["check"] or not known.differences:
            self._tell(known)
            return
        if known.unclear:
            raise UsageError(_unclear(known.unclear))
        made = drafting.draft(self.connection, wishes, known, _Rows(self.connection))
        if made.plan.is_empty:
            raise SyncError(_nothing_to_do(known.differences))
        self._consent(made)
        title = name or made.name
        style = Style.of(target)
        source = made.source(title, style)
        wrong = drafting.proven(self.connection, settings, wishes, source)
        if wrong:
            raise DatabasesDiffer(_wrong(wrong, source))
        self._write(title, source, made, known)

    @property
    def _may_ask(self) -> bool:
        return not self.options["no_input"] and sys.stdin.isatty()

    def _refuse_pending(self) -> None:
        open_states = ("pending", "failed", "running")
        waiting = [each for each in status.read(self.connection) if each.state in open_states]
        if waiting:
            raise UsageError(
                f"{len(waiting)} migration(s) are not applied, {waiting[0].name} ({waiting[0].state}) the "
                "first: what they do is not in the database yet. Run migrate, then this again. "
                "Nothing was written."
            )

    def _tell(self, known: Ahead) -> None:
        is_ahead = bool(known.differences)
        words = [*known.differences, "The models are ahead of the database: make_migration --auto."]
        data = {"ahead": is_ahead, "differences": list(known.differences), "created": []}
        self.command.report.conclude(
            data, words if is_ahead else ["The models and the database say the same."]
        )
        if is_ahead:
            sys.exit(1)

    # What needs a yes

    def _consent(self, made: Draft) -> None:
        """Raises UsageError, Prohibited."""
        losses = [each for each in made.losses if self._count(each)]
        said = {*made.untold, *self.options["drop"]}
        told = [self._told(each) for each in losses if each.name not in said]
        if made.untold:
            lines = [self._untold(name, losses) for name in made.untold]
            question = (
                f"The database has, and the models have not:\n{listed(lines)}\n"
                "Were these taken out of the models, so that the migration drops them?"
            )
            if not self._may_ask:
                flags = " ".join(f"--drop {name}" for name in made.untold)
                raise UsageError(
                    f"The database has, and the models have not:\n{listed(lines)}\nEither they were "
                    f"taken out of the models, which {flags} says; or models.py is behind, which db_sync "
                    "mends. Nothing was written."
                )
            if not asks(question):
                raise Prohibited("Nothing was written. db_sync brings them into models.py.")
        if told and not self.options["force"]:
            if not self._may_ask:
                raise Prohibited(
                    f"Rows would lose something:\n{listed(told)}\n--force writes the migration all "
                    "the same. Nothing was written."
                )
            if not asks(f"Rows would lose something:\n{listed(told)}\nWrite it all the same?"):
                raise Prohibited("Nothing was written.")

    def _count(self, loss: Loss) -> int:
        return count_rows(self.connection, loss.table, loss.condition)

    def _told(self, loss: Loss) -> str:
        count = self._count(loss)
        return f"{loss.name}: {loss.what} ({count:,} row{'' if count == 1 else 's'})"

    def _untold(self, name: str, losses: Sequence[Loss]) -> str:
        return next((self._told(each) for each in losses if each.name == name), name)

    # What is written

    def _write(self, title: str, source: str, made: Draft, known: Ahead) -> None:
        data: dict[str, Any] = {"ahead": True, "differences": list(known.differences)}
        if self.options["dry_run"]:
            report = {**data, "created": [], "source": source}
            self.command.report.answer(report, source.splitlines())
            return
        (path,) = paths([title], self.options["app"])
        write(path, source)
        self.command.report.conclude(
            {**data, "created": [str(path)], "source": source}, _created(display_path(path))
        )


@dataclass(frozen=True)
class _Rows:
    connection: BaseDatabaseWrapper

    def count(self, table: Key, condition: str) -> int:
        return count_rows(self.connection, table, condition)

    def in_the_way(self, table: facts.Table, step: Difference) -> Iterator[str]:
        from kit_django.operations.changes.base import Needs
        from kit_django.operations.engines import engine_for
        from kit_django.operations.lookups import rows_in_the_way
        from kit_django.schema.catalog import Catalog

        engine = engine_for(self.connection.schema_editor(), Catalog(self.connection))
        return rows_in_the_way(engine, table, [(step, Needs())])


def _created(path: str) -> Iterator[str]:
    yield f"Created migration: {path}"
    yield "It was run there and back in a scratch database, where the models are the same then."


def _unclear(flags: Sequence[str]) -> str:
    return (
        f"It is not clear what was renamed. Say it with {' or '.join(flags)}; with nothing behind the = "
        "where it was not renamed. Nothing was written."
    )


def _nothing_to_do(differences: Sequence[str]) -> str:
    return (
        f"The models and the database differ, and no migration mends it:\n{listed(differences)}\n"
        "db_sync brings models.py up to date. Nothing was written."
    )


def _wrong(wrong: Sequence[str], source: str) -> str:
    return (
        f"The migration that was to be written does not make of the database what the models say:\n"
        f"{listed(wrong)}\nNothing was written. Write that migration by hand; --dry-run would have been:\n"
        f"{source}"
    )
