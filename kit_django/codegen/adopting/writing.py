"""Parts -> the source of a migration."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.db import DEFAULT_DB_ALIAS

from kit_django.codegen.adopting.parts import Lines, Part
from kit_django.codegen.adopting.text import run_sql
from kit_django.codegen.scaffolding.names import class_name
from kit_django.codegen.source.imports import Import, Imports, render_imports
from kit_django.codegen.source.rendering import Style
from kit_django.schema.dialects.base import Dialect
from kit_django.schema.whole import in_sessions

INDENT = " " * 8
MARK = (
    "    # What was there before kit: migrate_baseline records it where it is there still.",
    "    baseline = True",
    "",
)
KIT = {Import("kit_django", "Migration"), Import("kit_django", "Schema")}


def migration_source(
    name: str,
    parts: Sequence[Part],
    imports: Imports,
    dialect: Dialect,
    style: Style,
    retires: Sequence[str] = (),
    alias: str = DEFAULT_DB_ALIAS,
) -> str:
    """A migration that makes the parts, and takes them away again; ``retires`` are apps that leave
    Django's migrations for it, ``alias`` is the database that it is for."""
    down = [line for part in reversed(parts) for line in part.down]
    members = [*for_database(alias), *MARK]
    members += [f"    retires = {list(retires)!r}", ""] if retires else []
    up, back = list(blocks(parts, dialect)), [tuple(down)] if down else []
    return class_source(name, members, up, back, imports, style)


def for_database(alias: str) -> tuple[str, ...]:
    """The lines of a class that say so, where it is not the usual one."""
    return () if alias == DEFAULT_DB_ALIAS else (f"    database = {alias!r}", "")


def class_source(
    name: str,
    members: Sequence[str],
    up: Sequence[Lines],
    down: Sequence[Lines] | None,
    imports: Imports,
    style: Style,
) -> str:
    """A migration's file. Without ``down`` a rollback is derived from ``up``."""
    body = [
        f"class {class_name(name)}(Migration):",
        *members,
        "    def up(self, schema: Schema) -> None:",
        *_body(up),
    ]
    if down is not None:
        body += ["", "    def down(self, schema: Schema) -> None:", *_body(down)]
    source = "\n".join(body) + "\n"
    used = {each for each in imports.needed if (each.alias or each.name) in source}
    head = render_imports({*KIT, *used}, style.line_length)
    return style.format(f"{head}\n\n{source}")


def blocks(parts: Iterable[Part], dialect: Dialect) -> Iterator[Lines]:
    """The lines of each part, and between them those that set the session and set it back."""
    steps = ((part.session, part.up) for part in parts)
    return in_sessions(steps, dialect, lambda sql: (run_sql(sql),))


def _body(found: Sequence[Lines]) -> Iterator[str]:
    for number, lines in enumerate(found or [("pass",)]):
        if number and (len(lines) > 1 or len(found[number - 1]) > 1 or "\n" in lines[0]):
            yield ""
        yield from (f"{INDENT}{line}" for line in lines)
