"""``make_migration``: a new migration file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.db import connections

from kit_django.codegen.adopting.adoption import Adoption, adopt
from kit_django.codegen.adopting.others import made_by_others
from kit_django.codegen.scaffolding.names import check_name
from kit_django.codegen.scaffolding.source import draft, migration_source
from kit_django.codegen.scaffolding.templates import find_template
from kit_django.codegen.source.rendering import Style
from kit_django.conf import get_settings
from kit_django.exceptions import DatabasesDiffer, UsageError
from kit_django.management import auto
from kit_django.management.base import KitCommand, add_database, describe_database, positive
from kit_django.management.new_files import folder, paths, refusal, write
from kit_django.runner.files import display_path


class Command(KitCommand):
    help = (
        "Makes a new migration. Its name says what it is for: create_posts_table or create_posts, "
        "add_email_to_users, drop_nick_from_users, rename_nick_to_handle_in_users, "
        "rename_posts_to_articles, drop_posts_table, update_posts_table; any other name makes an empty one."
    )
    examples = (
        "create_posts_table title:string:200 'body:text?'",
        "add_email_to_users email:string:unique",
        "create_flights --app travel",
    )

    def add_options(self, parser: CommandParser) -> None:
        # So that columns may stand behind an option: NAME --create tags name:string.
        parser.parse_args = parser.parse_intermixed_args  # type: ignore[method-assign]
        parser.add_argument("name", nargs="?", help="What the migration does, in snake_case.")
        parser.add_argument(
            "columns",
            nargs="*",
            metavar="column:type[?][:arguments][:modifier...]",
            help="Columns, as in email:string:unique, price:decimal:10,2:default=0, kind:enum:book,cd, "
            "body:text? or user:foreign:users:cascade.",
        )
        parser.add_argument(
            "--app", metavar="LABEL", help="Make it in the kit_migrations folder of this app."
        )
        parser.add_argument("--create", metavar="TABLE", help="It creates this table.")
        parser.add_argument("--table", metavar="TABLE", help="It alters this table.")
        adopting = parser.add_argument_group("of a database that is there")
        adopting.add_argument(
            "--from-database",
            action="store_true",
            help="It makes what the database has; with --table PATTERN, the tables that fit.",
        )
        adopting.add_argument(
            "--split", type=positive, metavar="N", help="Several migrations, of N tables each."
        )
        adopting.add_argument(
            "--allow-differences",
            action="store_true",
            help="Write what makes a database that differs, and say how.",
        )
        auto.add_options(parser)
        add_database(parser)
        self.refuse = parser.error

    def run(self, **options: Any) -> None:
        if options["auto"]:
            auto.run(self, options)
            return
        if options["name"] is None:
            self.refuse("the following arguments are required: name")
        auto.refuse_alone(options)
        if options["from_database"]:
            self.adopt(options)
            return
        self._refuse_alone(options)
        name = options["name"]
        what = draft(name, options["columns"], options["create"], options["table"])
        source = migration_source(name, what, find_template(get_settings().templates, what.kind))
        (path,) = paths([name], options["app"])
        write(path, Style.of(path.parent).format(source))
        self.report.conclude({"created": str(path)}, [f"Created migration: {display_path(path)}"])

    def _refuse_alone(self, options: dict[str, Any]) -> None:
        for option in ("split", "allow_differences"):
            if options[option]:
                raise UsageError(f"--{option.replace('_', '-')} goes with --from-database.")

    def adopt(self, options: dict[str, Any]) -> None:
        """Write what makes the database, once it has been proven."""
        check_name(options["name"])
        if options["columns"] or options["create"]:
            raise UsageError("--from-database takes neither columns nor --create.")
        target = folder(options["app"])
        connection = connections[options["database"]]
        adoption = adopt(
            connection,
            options["name"],
            Style.of(target),
            others=made_by_others(connection),
            patterns=[options["table"]] if options["table"] else [],
            split=options["split"],
        )
        if not adoption.tables:
            raise UsageError(f"There is nothing to make in {describe_database(connection)}.")
        if adoption.differences and not options["allow_differences"]:
            raise DatabasesDiffer(refusal(adoption.differences, "--allow-differences"))
        made = paths([name for name, _ in adoption.files], options["app"])
        for path, (_, source) in zip(made, adoption.files, strict=True):
            write(path, source)
        data = {
            "created": [str(path) for path in made],
            "tables": adoption.tables,
            "differences": list(adoption.differences),
        }
        self.report.conclude(data, _words(made, adoption))


def _words(made: list[Path], adoption: Adoption) -> Iterator[str]:
    yield from (f"Created migration: {display_path(path)}" for path in made)
    how = (
        f"compared by what kit reads of both databases: there is no dump, as {adoption.unjudged}"
        if adoption.unjudged
        else "compared by the database's own dump"
    )
    if adoption.differences:
        yield f"It was run in a scratch database, and differs ({how}):"
        yield from adoption.differences
    else:
        yield f"It was run there and back in a scratch database, and nothing differs ({how})."
