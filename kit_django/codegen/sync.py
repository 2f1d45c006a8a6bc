"""db_sync's one function: introspect, compare, infer, write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.codegen import naming
from kit_django.codegen.comparing import Sources, SyncOptions, compare
from kit_django.codegen.following import mending as following
from kit_django.codegen.following.edits import Difference
from kit_django.codegen.following.usages import Usage, usages_of
from kit_django.codegen.project.files import (
    FileChange,
    Layout,
    write_all,
)
from kit_django.codegen.source.workspace import Workspace
from kit_django.codegen.specs import (
    Inference,
    ModelSpec,
    Note,
    Skipped,
    is_foreign_key,
)
from kit_django.conf import Settings
from kit_django.runner.ownership import base_folder
from kit_django.schema.facts import display_name
from kit_django.schema.introspection import apart


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did, or would do.

    ``models`` are new, by table. ``differences`` are those of models that are there already, those
    that only a person can mend without an edit. ``notes`` are about what is new.
    ``unclaimed`` are the tables that no pattern takes, ``unchanged`` is how many models said
    what their tables say. ``usages`` are the places that name what is gone. ``skipped`` are the
    tables with which something went wrong, ``undecided`` those that may have been renamed: old
    names, and new ones.
    """

    changes: tuple[FileChange, ...] = ()
    models: tuple[tuple[str, str], ...] = ()
    differences: tuple[Difference, ...] = ()
    notes: tuple[Note, ...] = ()
    unclaimed: tuple[str, ...] = ()
    unchanged: int = 0
    usages: tuple[Usage, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    undecided: tuple[tuple[str, str], ...] = ()

    @property
    def unmended(self) -> tuple[Difference, ...]:
        """What only a person can mend."""
        return tuple(each for each in self.differences if each.edit is None)

    @property
    def is_in_sync(self) -> bool:
        return not (self.changes or self.differences or self.skipped)


def sync_models(
    connection: BaseDatabaseWrapper, settings: Settings, options: SyncOptions
) -> SyncReport:
    """Bring the models of the apps that ``settings`` names up to date with the database.

    Raises SyncError where a file cannot be read or written, and then has written none.
    """
    workspace = Workspace()
    found = compare(connection, settings, options, workspace)
    inferred, skipped = found.inferred, found.skipped
    files = {label: source.paths for label, source in found.sources.items()}
    differences = tuple(
        following.mend(
            workspace, found.differences, files, prune=options.prune, force=options.force
        )
    )
    options.progress("Writing models", 0, len(inferred.models))
    _add_models(workspace, inferred, found.sources)
    changes = workspace.changes()
    if options.write:
        write_all(changes)
    return SyncReport(
        changes,
        tuple((display_name(model.table), model.label) for model in inferred.models),
        differences,
        (*inferred.notes, *_notes_apart(connection, inferred)),
        found.unclaimed,
        len(inferred.known) - len({each.model for each in differences}),
        _usages(differences, workspace, settings),
        skipped,
        tuple(
            (display_name(a), display_name(b)) for a, b in found.around.renames.undecided.items()
        ),
    )


def _notes_apart(connection: BaseDatabaseWrapper, inferred: Inference) -> Iterator[Note]:
    """What stands at the tables of new models, and not in the models."""
    new = {model.table for model in inferred.models}
    for each in apart(connection) if new else ():
        if each.table in new:
            yield Note(display_name(each.table), "not expressible", each.kind, each.name)


def _usages(
    differences: Iterable[Difference], workspace: Workspace, settings: Settings
) -> tuple[Usage, ...]:
    folder, migrations = base_folder(), settings.migrations_dir
    if folder is None:
        return ()
    fields, classes = following.fields_gone(differences), following.classes_gone(differences)
    passed_over = [migrations] if migrations else []
    return usages_of(fields, classes, folder, workspace.file, passed_over)


def _add_models(workspace: Workspace, inferred: Inference, sources: Mapping[str, Sources]) -> None:
    by_app: dict[str, list[ModelSpec]] = {}
    for model in inferred.models:
        by_app.setdefault(model.app_label, []).append(model)
    for label, new in by_app.items():
        layout = sources[label].layout
        if layout.is_package:
            _add_to_package(workspace, layout, new)
        else:
            for behind, group in groupby(new, key=partial(_neighbour, new)):
                workspace.append(layout.path, group, behind)


def _neighbour(new: list[ModelSpec], model: ModelSpec) -> str | None:
    """The class of the same app, there already, that the model first refers to."""
    names = {each.name for each in new}
    for each in model.fields:
        target = each.call.args[0] if is_foreign_key(each.call) else None
        if isinstance(target, str) and "." not in target and target != "self":
            return None if target in names else target
    return None


def _add_to_package(workspace: Workspace, layout: Layout, new: list[ModelSpec]) -> None:
    """A module for each class, and the package's own file with their imports."""
    taken = {path.stem for path in layout.files()}
    exports = []
    for model in new:
        module = naming.unique(naming.snake_case(model.name), taken)
        taken.add(module)
        exports.append((f".{module}", model.name))
        workspace.append(layout.path.parent / f"{module}.py", [model])
    workspace.export(layout.path, exports)
