"""Models and their tables, side by side: what db_sync and make_migration --auto go by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.codegen import naming
from kit_django.codegen.following import mending as following
from kit_django.codegen.following.around import Around
from kit_django.codegen.following.bare import is_bare
from kit_django.codegen.following.edits import Difference
from kit_django.codegen.following.links import links_gone
from kit_django.codegen.following.mending import Progress, untold
from kit_django.codegen.following.renames import follow_renames
from kit_django.codegen.following.said import Said, Step, what_is_said
from kit_django.codegen.following.table_renames import Ask, find_renames
from kit_django.codegen.inference import infer
from kit_django.codegen.inference.context import Claim, Context, KnownModel
from kit_django.codegen.inference.domains import with_domains
from kit_django.codegen.inference.keys import key_of
from kit_django.codegen.inference.names import table_key
from kit_django.codegen.project import apps as project
from kit_django.codegen.project.files import Layout, SourceFile, tables_of
from kit_django.codegen.project.migrations import SaidByMigrations
from kit_django.codegen.project.names import GivenNames
from kit_django.codegen.source.imports import imports_of
from kit_django.codegen.source.rendering import assert_writable
from kit_django.codegen.source.workspace import Workspace
from kit_django.codegen.specs import Inference, Skipped, TableKey
from kit_django.conf import Settings
from kit_django.exceptions import UsageError
from kit_django.meant import did_you_mean
from kit_django.runner.ownership import has_django_migrations
from kit_django.schema.dialects import dialect_of
from kit_django.schema.facts import Database, Table, display_name
from kit_django.schema.field_reader import FieldReader
from kit_django.schema.introspection import introspect, schema_names, table_keys
from kit_django.schema.tables.indexes import simple_uniques

VIEWS = ("view", "materialized view")
Decide = Callable[[Mapping[TableKey, KnownModel], Database], Said]
"""Known models and the database -> which of them has another name now."""


@dataclass(frozen=True, slots=True)
class SyncOptions:
    """``app`` and ``tables`` (patterns) narrow the sync down.

    ``prune`` takes away the classes of tables that are gone, ``force`` also those with methods of
    a person's. Without ``write`` the report says what would be done. ``steps`` are what migrations
    renamed and dropped, ``renamed`` what a person says (``posts=articles``); ``ask`` asks a person
    where neither is so and nothing is clear. ``progress`` hears how far the work is.
    """

    app: str | None = None
    tables: tuple[str, ...] = ()
    views: bool = False
    prune: bool = False
    force: bool = False
    write: bool = True
    steps: tuple[Step, ...] = ()
    renamed: tuple[str, ...] = ()
    ask: Ask | None = None
    progress: Progress = untold


@dataclass(frozen=True, slots=True)
class Sources:
    """An app's files as they are on the disk."""

    layout: Layout
    files: tuple[SourceFile, ...]

    @classmethod
    def of(cls, label: str, workspace: Workspace) -> Sources:
        layout = Layout.of(project.app_config(label))
        return cls(layout, tuple(map(workspace.file, layout.files())))

    @property
    def paths(self) -> tuple[Path, ...]:
        return tuple(file.path for file in self.files)

    @property
    def tables(self) -> dict[str, str]:
        return {table: name for file in self.files for table, name in tables_of(file)}

    @property
    def names(self) -> frozenset[str]:
        return frozenset(name.lower() for file in self.files for name in imports_of(file).taken)


@dataclass(frozen=True)
class Compared:
    """``differences`` are those of models that are there already, none of them mended yet.

    ``inferred`` has the models of tables that have none, ``unclaimed`` the tables that no pattern
    takes, ``skipped`` those with which something went wrong.
    """

    database: Database
    known: Mapping[TableKey, KnownModel]
    sources: Mapping[str, Sources]
    inferred: Inference
    around: Around
    differences: tuple[Difference, ...]
    unclaimed: tuple[str, ...]
    skipped: tuple[Skipped, ...]


def compare(
    connection: BaseDatabaseWrapper,
    settings: Settings,
    options: SyncOptions,
    workspace: Workspace,
    decide: Decide | None = None,
) -> Compared:
    """The models of the apps that ``settings`` names, and the database. Nothing is written.

    ``decide`` tells of renames; without it ``options`` do.
    """
    given = GivenNames.of(settings)
    wanted = project.patterns(settings, options.app)
    others = schema_names(connection)
    schemas = project.schemas(wanted, others)
    database = with_domains(introspect(connection, schemas=schemas, views=options.views))
    sources = {label: Sources.of(label, workspace) for label in wanted}
    known = _known_models(connection, database, sources, given)
    gone = list(following.models_gone(connection, database, sources))
    links = list(links_gone(connection, database, sources))
    told = partial(what_is_said, options.steps, options.renamed)
    said = (decide or told)(known, database)
    missing = [*gone, *links]
    renames = find_renames(
        database, missing, known, said, connection, options.ask, exchanged=decide is None
    )
    known = renames.known(known)
    _refuse_unknown_tables(options.tables, [*(table.key for table in database), *known])
    claims, unclaimed = _claims(database, wanted, known, settings, options)
    if unread := [each for each in others if each not in schemas]:
        unclaimed += _unread(table_keys(connection, unread), known, options)
    claims = [each for each in claims if each.table.key not in renames.undecided.values()]
    claims, undecided = follow_renames(
        claims, renames, said, connection, options.ask, partial(_is_bare, workspace, sources)
    )
    context = _context(connection, database, claims, known, sources, given)
    context = replace(context, soft_deletes=settings.soft_deletes, migrations=SaidByMigrations())
    options.progress("Inferring models", 0, len(claims))
    inferred = infer(claims, context, assert_writable)
    skipped = [*inferred.skipped]
    around = Around(database, renames, undecided, frozenset(gone))
    differences = tuple(_follow(connection, around, known, inferred, sources, options, skipped))
    return Compared(
        database, known, sources, inferred, around, differences, unclaimed, tuple(skipped)
    )


def _known_models(
    connection: BaseDatabaseWrapper,
    database: Database,
    sources: Mapping[str, Sources],
    given: GivenNames,
) -> dict[TableKey, KnownModel]:
    """The project's models, and those that an earlier sync of this process has written."""
    known = project.known_models(connection.alias, dialect_of(connection))
    for label, source in sources.items():
        for written, name in source.tables.items():
            key = table_key(written, dialect_of(connection))
            table = database.find(key[1], key[0])
            if key not in known and table is not None:
                known[key] = _known_from_table(f"{label}.{name}", table, given)
    return known


def _known_from_table(label: str, table: Table, given: GivenNames) -> KnownModel:
    fields = {
        column: given.field_name(table.key, column) or naming.field_name(column)
        for column in table.column_names
    }
    singles = {columns[0] for columns in simple_uniques(table) if len(columns) == 1}
    key = key_of(table).columns
    return KnownModel(
        label=label,
        reference=label,
        fields=fields,
        key=key,
        unique=frozenset(singles | (set(key) if len(key) == 1 else set())),
        names=frozenset(fields.values()),
    )


def _claims(
    database: Database,
    wanted: Mapping[str, tuple[str, ...]],
    known: Mapping[TableKey, KnownModel],
    settings: Settings,
    options: SyncOptions,
) -> tuple[list[Claim], tuple[str, ...]]:
    """The tables that have a model or get one, and those that no pattern takes."""
    claims, unclaimed = [], []
    left_alone = project.own_tables(settings)
    for table in database:
        if table.key in left_alone or not _is_asked_for(table.key, options.tables):
            continue
        model = known.get(table.key)
        owner = project.owner_of(table.key, wanted)
        if model is not None:
            label = model.label.partition(".")[0]
            if label in wanted and project.is_kits(model.label) and not model.is_shared:
                claims.append(Claim(table, label, known=model))
        elif owner is None:
            unclaimed.append(display_name(table.key))
        else:
            has_migrations = has_django_migrations(project.app_config(owner))
            claims.append(Claim(table, owner, table.kind not in VIEWS and not has_migrations))
    return claims, tuple(unclaimed)


def _refuse_unknown_tables(patterns: Iterable[str], keys: Iterable[TableKey]) -> None:
    there = sorted({display_name(key) for key in keys})
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in there):
            hint = did_you_mean(pattern, there, "{}")
            raise UsageError(
                f"--table {pattern}: there is no such table.{hint} Nothing was changed."
            )


def _unread(
    keys: Iterable[TableKey], known: Mapping[TableKey, KnownModel], options: SyncOptions
) -> tuple[str, ...]:
    """The tables of schemas that no pattern names."""
    found = (key for key in keys if key[0] is not None and key not in known)
    return tuple(display_name(key) for key in found if _is_asked_for(key, options.tables))


def _is_asked_for(key: TableKey, patterns: tuple[str, ...]) -> bool:
    name = display_name(key)
    return not patterns or any(fnmatchcase(name, pattern) for pattern in patterns)


def _context(
    connection: BaseDatabaseWrapper,
    database: Database,
    claims: Iterable[Claim],
    known: Mapping[TableKey, KnownModel],
    sources: Mapping[str, Sources],
    given: GivenNames,
) -> Context:
    synced = {claim.known.label for claim in claims if claim.known}
    index_names, constraint_names = project.meta_names(but=synced)
    taken = {label: source.names | project.class_names(label) for label, source in sources.items()}
    return Context(
        connection=connection,
        reader=FieldReader.of(connection, database),
        known=known,
        class_names=taken,
        index_names=index_names,
        constraint_names=constraint_names,
        given_names=given,
    )


def _follow(
    connection: BaseDatabaseWrapper,
    around: Around,
    known: Mapping[TableKey, KnownModel],
    inferred: Inference,
    sources: Mapping[str, Sources],
    options: SyncOptions,
    skipped: list[Skipped],
) -> Iterable[Difference]:
    followed = {claim.label for claim in inferred.known}
    gone = frozenset(each for each in around.gone if each._meta.label not in followed)
    found = [*following.shared(connection, sources)]
    around_it = replace(around, gone=around.without_undecided(gone, connection))
    found += following.differences(connection, around_it, inferred, skipped, options.progress)
    undecided = around.renames.undecided
    found += following.may_be_exchanged(around.database, known, undecided)
    if not options.tables:
        left = [model for model in around.gone if model in gone]
        found += following.without_tables(connection, left, undecided)
    return found


def _is_bare(
    workspace: Workspace, sources: Mapping[str, Sources], model: type[models.Model], name: str
) -> bool:
    path = following.file_of(model, sources[model._meta.app_label].paths)
    return path is not None and is_bare(model, name, workspace.file(path))
