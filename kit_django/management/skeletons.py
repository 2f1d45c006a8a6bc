"""Migrations that were applied as ``make_migration`` made them: a person may have forgotten to fill them in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from kit_django.codegen.scaffolding.source import Draft, draft, migration_source
from kit_django.codegen.scaffolding.templates import find_template
from kit_django.conf import get_settings
from kit_django.exceptions import KitError
from kit_django.runner.files import MigrationFile

_LATEST = 20
"""As many of a run's are looked at: a skeleton that was forgotten is among the newest."""
_LONGEST = 2_000
"""No skeleton has as many characters."""
_NOTHING_ELSE = {
    "create": "{what.table} has an id and timestamps, and nothing else",
    "empty": "it does nothing",
}


def untouched(files: Sequence[MigrationFile]) -> Iterator[str]:
    """A sentence for each of the newest files that nobody has filled in."""
    templates = get_settings().templates
    for file in files[-_LATEST:]:
        slug = file.name.partition("_")[2]
        try:
            what = draft(slug)
            if what.kind in _NOTHING_ELSE and _is_skeleton(file, slug, what, templates):
                yield (
                    f"{file.name} was applied as make_migration made it: "
                    f"{_NOTHING_ELSE[what.kind].format(what=what)}. Say the rest in a migration of its own, "
                    f"or in this one after migrate_rollback."
                )
        except KitError:
            continue  # nothing that make_migration would make


def _is_skeleton(file: MigrationFile, slug: str, what: Draft, templates: Path | None) -> bool:
    source = file.read().decode(errors="replace")
    if len(source) > _LONGEST:
        return False
    template = find_template(templates, what.kind)
    return _squeezed(source) == _squeezed(migration_source(slug, what, template))


def _squeezed(source: str) -> str:
    """The source, however it is formatted."""
    return "".join(source.split()).replace("'", '"')
