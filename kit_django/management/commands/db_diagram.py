"""``db_diagram``: the tables and what refers to what, as Mermaid or SVG."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.codegen.project.apps import apps_of, own_tables
from kit_django.conf import get_settings
from kit_django.diagrams.graph import Columns, Graph, around, graph_of
from kit_django.diagrams.mermaid import is_too_large, markdown, mermaid
from kit_django.diagrams.splitting import split
from kit_django.exceptions import UsageError
from kit_django.management.base import KitCommand, add_database, describe_database, positive
from kit_django.management.commands.db_table import find
from kit_django.meant import did_you_mean
from kit_django.runner.files import display_path
from kit_django.schema.dialects import dialect_of
from kit_django.schema.facts import Key, Table, display_name
from kit_django.schema.introspection import introspect, schema_names

FEW = 30
"""How many tables are shown with all of their columns, where nobody says which."""

TOO_LARGE = (
    "That is more than Mermaid draws at once. -o FILE.md splits it, -o FILE.svg has no such bound, "
    "and --app, --around and --columns show less."
)

ENDINGS = {
    ".mmd": "mermaid",
    ".mermaid": "mermaid",
    ".md": "markdown",
    ".svg": "svg",
    ".json": "json",
}


class Command(KitCommand):
    help = "Draws the tables of the database and what refers to what."
    examples = ("", "--around orders --depth 1")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "-o",
            "--output",
            type=Path,
            metavar="FILE",
            help=f"Write it there; {', '.join(ENDINGS)} say what it is.",
        )
        parser.add_argument("--app", metavar="LABEL", help="The tables of this app only.")
        parser.add_argument("--around", metavar="TABLE", help="This table, and those near it.")
        parser.add_argument(
            "--depth",
            type=positive,
            metavar="N",
            help="With --around: how many foreign keys away; by default 1.",
        )
        parser.add_argument(
            "--columns",
            choices=("all", "keys", "none"),
            help=f"Which columns; by default all, and keys where there are more than {FEW} tables.",
        )
        add_database(parser)
        parser.add_argument(
            "--format",
            choices=tuple(dict.fromkeys(ENDINGS.values())),
            help="By default what the file's ending says, and mermaid.",
        )

    def run(self, **options: Any) -> None:
        form = form_of(options)
        connection = connections[options["database"]]
        tables, apps = wanted(connection, options)
        columns: Columns = options["columns"] or ("keys" if len(tables) > FEW else "all")
        graph = graph_of(tables, apps, columns)
        text = WRITERS[form](graph, title_of(options))
        if form == "mermaid" and is_too_large(graph):
            self.stderr.write(self.style.WARNING(TOO_LARGE))
        if options["output"] is None:
            self.stdout.write(text, ending="")
            return
        write(options["output"], text)
        self.report.say(
            f"Wrote {display_path(options['output'])}: "
            f"{_counted(len(graph.tables), 'table')}, {_counted(len(graph.links), 'foreign key')}."
        )


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def title_of(options: Mapping[str, Any]) -> str:
    if options["around"] is not None:
        return f"{options['around']} and the tables around it"
    return f"The tables of {options['app'] or 'the database'}"


def form_of(options: Mapping[str, Any]) -> str:
    """Raises UsageError."""
    output: Path | None = options["output"]
    told = ENDINGS.get(output.suffix.lower()) if output else "mermaid"
    asked: str | None = options["format"]
    if asked and output and told not in (None, asked):
        raise UsageError(f"{output} has the ending of {told}, and --format says {asked}.")
    form = asked or told
    if form is None:
        raise UsageError(
            f"{output} does not say what to write. Known endings: {', '.join(ENDINGS)}; "
            f"or say it with --format."
        )
    return form


def wanted(
    connection: BaseDatabaseWrapper, options: Mapping[str, Any]
) -> tuple[list[Table], dict[Key, str]]:
    """The tables to show, and whose each of all tables is. Raises UsageError."""
    name, app = options["around"], options["app"]
    if name is not None and app is not None:
        raise UsageError("--app and --around are two ways to choose. Say one of them.")
    if options["depth"] is not None and name is None:
        raise UsageError("--depth goes with --around.")
    start = find(connection, name).key if name is not None else None
    settings = get_settings()
    history = own_tables(settings) - {start}
    found = introspect(connection, schemas=schema_names(connection))
    tables = [table for table in found if table.key not in history]
    keys = [table.key for table in tables]
    apps = apps_of(keys, connection.alias, dialect_of(connection), settings)
    if start is not None:
        near = around(tables, start, options["depth"] or 1)
        return [table for table in tables if table.key in near], apps
    if app is not None and app not in apps.values():
        hint = did_you_mean(app, sorted(set(apps.values())))
        raise UsageError(f"No app {app!r} has tables in {describe_database(connection)}.{hint}")
    return [table for table in tables if app in (None, apps.get(table.key))], apps


def write(path: Path, text: str) -> None:
    """Raises UsageError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError(f"{display_path(path)} cannot be written: {error.strerror}.") from error


def as_svg(graph: Graph, title: str) -> str:
    from kit_django.diagrams.layout import lay_out
    from kit_django.diagrams.svg import svg

    return svg([lay_out(part) for part in split(graph)], title)


def as_json(graph: Graph, _: str) -> str:
    return f"{json.dumps(data(graph), indent=2)}\n"


def data(graph: Graph) -> dict[str, Any]:
    return {
        "tables": [
            {
                "table": box.name,
                "app": box.app,
                "comment": box.comment,
                "columns": [asdict(row) for row in box.rows],
            }
            for box in graph.tables
        ],
        "foreign_keys": [
            {
                **asdict(link),
                "source": display_name(link.source),
                "target": display_name(link.target),
            }
            for link in graph.links
        ],
    }


WRITERS: Mapping[str, Callable[[Graph, str], str]] = {
    "mermaid": lambda graph, _: mermaid(graph),
    "markdown": lambda graph, _: markdown(split(graph)),
    "svg": as_svg,
    "json": as_json,
}
