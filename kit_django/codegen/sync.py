"""db_sync's one function: introspect, compare, infer, write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.codegen import naming, project
from kit_django.codegen.context import Claim, Context, KnownModel
from kit_django.codegen.inference import infer
from kit_django.codegen.inference.drafts import display_name
from kit_django.codegen.inference.keys import key_of, simple_uniques
from kit_django.codegen.inference.names import table_key
from kit_django.codegen.layout import Contents, Layout, contents_of, read_source
from kit_django.codegen.specs import Inference, ModelSpec, Note, TableKey
from kit_django.codegen.writing import FileChange, write_all
from kit_django.conf import Settings
from kit_django.schema.facts import Database, Table
from kit_django.schema.fields import FieldReader
from kit_django.schema.introspection import introspect

VIEWS = ("view", "materialized view")


@dataclass(frozen=True, slots=True)
class SyncOptions:
    """``app`` and ``tables`` (patterns) narrow the sync down."""

    app: str | None = None
    tables: tuple[str, ...] = ()
    views: bool = False
    write: bool = True


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did, or would do.

    ``unclaimed`` are the tables that no pattern takes. ``notes`` are about the tables whose
    models are new.
    """

    changes: tuple[FileChange, ...] = ()
    models: tuple[tuple[str, str], ...] = ()
    notes: tuple[Note, ...] = ()
    unclaimed: tuple[str, ...] = ()
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class Sources:
    """An app's files as they are on the disk."""

    layout: Layout
    contents: Mapping[Path, Contents]

    @classmethod
    def of(cls, label: str) -> Sources:
        layout = Layout.of(project.app_config(label))
        return cls(layout, {path: contents_of(path) for path in layout.files()})

    @property
    def tables(self) -> dict[str, str]:
        return {
            table: name for each in self.contents.values() for table, name in each.tables.items()
        }

    @property
    def names(self) -> frozenset[str]:
        return frozenset(name.lower() for each in self.contents.values() for name in each.names)


def sync_models(
    connection: BaseDatabaseWrapper, settings: Settings, options: SyncOptions = SyncOptions()
) -> SyncReport:
    """Bring the models of the apps that ``settings`` names up to date with the database.

    Raises SyncError where a file cannot be read or written, and then has written none.
    """
    wanted = project.patterns(settings, options.app)
    database = introspect(connection, schemas=_schemas(wanted), views=options.views)
    sources = {label: Sources.of(label) for label in wanted}
    known = _known_models(connection, database, sources)
    claims, unclaimed, unchanged = _claims(database, wanted, known, settings, options)
    inferred = infer(claims, _context(connection, database, known, sources))
    changes = tuple(_changes(inferred, sources))
    if options.write:
        write_all(changes)
    written = tuple((display_name(model.table), model.label) for model in inferred.models)
    return SyncReport(changes, written, inferred.notes, unclaimed, unchanged)


def _schemas(wanted: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The schemas that patterns such as ``audit.*`` name in plain letters."""
    prefixes = (
        pattern.split(".")[0] for each in wanted.values() for pattern in each if "." in pattern
    )
    return sorted({prefix for prefix in prefixes if not set(prefix) & set("*?[")})


def _known_models(
    connection: BaseDatabaseWrapper, database: Database, sources: Mapping[str, Sources]
) -> dict[TableKey, KnownModel]:
    """The project's models, and those that an earlier sync of this process has written."""
    known = project.known_models(connection.alias, connection.vendor)
    for label, source in sources.items():
        for written, name in source.tables.items():
            key = table_key(written, connection.vendor)
            table = database.find(key[1], key[0])
            if key not in known and table is not None:
                known[key] = _known_from_table(f"{label}.{name}", table)
    return known


def _known_from_table(label: str, table: Table) -> KnownModel:
    singles = {columns[0] for columns in simple_uniques(table) if len(columns) == 1}
    key = key_of(table).columns
    return KnownModel(
        label=label,
        reference=label,
        fields={column: naming.field_name(column) for column in table.column_names},
        key=key,
        unique=frozenset(singles | (set(key) if len(key) == 1 else set())),
        names=frozenset(map(naming.field_name, table.column_names)),
    )


def _claims(
    database: Database,
    wanted: Mapping[str, tuple[str, ...]],
    known: Mapping[TableKey, KnownModel],
    settings: Settings,
    options: SyncOptions,
) -> tuple[list[Claim], tuple[str, ...], int]:
    """The tables that get a model, those that no pattern takes, and how many have theirs."""
    claims, unclaimed, unchanged = [], [], 0
    left_alone = project.own_tables(settings)
    for table in database:
        owner = project.owner_of(table.key, wanted)
        if table.key in left_alone or not _is_asked_for(table, options.tables):
            continue
        if table.key in known:
            unchanged += owner is not None
        elif owner is None:
            unclaimed.append(display_name(table.key))
        else:
            has_migrations = project.has_django_migrations(project.app_config(owner))
            claims.append(Claim(table, owner, table.kind not in VIEWS and not has_migrations))
    return claims, tuple(unclaimed), unchanged


def _is_asked_for(table: Table, patterns: tuple[str, ...]) -> bool:
    name = display_name(table.key)
    return not patterns or any(fnmatchcase(name, pattern) for pattern in patterns)


def _context(
    connection: BaseDatabaseWrapper,
    database: Database,
    known: Mapping[TableKey, KnownModel],
    sources: Mapping[str, Sources],
) -> Context:
    index_names, constraint_names = project.meta_names()
    taken = {label: source.names | project.class_names(label) for label, source in sources.items()}
    return Context(
        connection=connection,
        reader=FieldReader.of(connection, database),
        known=known,
        class_names=taken,
        index_names=index_names,
        constraint_names=constraint_names,
    )


def _changes(inferred: Inference, sources: Mapping[str, Sources]) -> Iterable[FileChange]:
    by_app: dict[str, list[ModelSpec]] = {}
    for model in inferred.models:
        by_app.setdefault(model.app_label, []).append(model)
    for label, models in by_app.items():
        layout = sources[label].layout
        if layout.is_package:
            yield from _package_changes(layout, models)
        else:
            yield _module_change(layout.path, models)


def _module_change(path: Path, models: list[ModelSpec]) -> FileChange:
    """All the classes behind what is there."""
    from kit_django.codegen import rendering
    from kit_django.codegen.imports import Imports, render_imports

    imports = Imports()
    classes = "\n\n".join(rendering.render_model(model, imports) for model in models)
    names = tuple(model.name for model in models)
    old = read_source(path) if path.is_file() else None
    if not (old or "").strip():
        source = f"{render_imports(imports.needed)}\n\n{classes}"
        return FileChange(path, old, rendering.format_source(source, path), names)
    from kit_django.codegen import merging

    formatted = rendering.format_source(classes, path)
    return FileChange(path, old, merging.append(old or "", formatted, imports.needed), names)


def _package_changes(layout: Layout, models: list[ModelSpec]) -> Iterable[FileChange]:
    """A module for each class, and the package's own file with their imports."""
    from kit_django.codegen import merging

    taken = {path.stem for path in layout.files()}
    exports = []
    for model in models:
        module = naming.unique(naming.snake_case(model.name), taken)
        taken.add(module)
        exports.append((f".{module}", model.name))
        yield _module_change(layout.path.parent / f"{module}.py", [model])
    old = read_source(layout.path)
    yield FileChange(layout.path, old, merging.export(old, exports))
