"""A live database -> the migrations that make it, proven in a scratch database."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence, Set
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.codegen.adopting.assembling import all_nodes, parts_of, selected
from kit_django.codegen.adopting.parts import Part, in_own_words
from kit_django.codegen.adopting.running import FAILURES, run, step_of, steps_of
from kit_django.codegen.adopting.writing import blocks, migration_source
from kit_django.codegen.source.imports import Imports
from kit_django.codegen.source.rendering import Style
from kit_django.codegen.verifying.judging import (
    Picture,
    differences,
    nodes,
    of_things,
    things,
    words_of_tables,
)
from kit_django.codegen.verifying.scratch import empty_database
from kit_django.schema import facts
from kit_django.schema.dialects import dialect_of
from kit_django.schema.facts import Node
from kit_django.schema.field_reader import FieldReader
from kit_django.schema.introspection import unsaid

Files = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Adoption:
    """``files`` are names and sources, in their order. ``differences`` are what the scratch
    database had otherwise; ``unjudged`` is why no dump was compared."""

    files: Files
    differences: tuple[str, ...]
    unjudged: str
    tables: int


def adopt(
    connection: BaseDatabaseWrapper,
    name: str,
    style: Style,
    *,
    others: Set[tuple[str | None, str]] = frozenset(),
    patterns: Sequence[str] = (),
    split: int | None = None,
    retires: Sequence[str] = (),
) -> Adoption:
    """What makes the connection's database in an empty one. Raises SyncError without a scratch database.

    ``others`` are the keys of tables that are made elsewhere; with ``patterns`` only the tables that
    fit one are made, and what they are built on. ``split`` is how many tables one migration makes;
    ``retires`` are the apps that leave Django's migrations for them.
    """
    return _Adopting(connection, name, style, others, patterns, split, retires).adopt()


@contextmanager
def scratch_like(
    connection: BaseDatabaseWrapper, others: Set[tuple[str | None, str]]
) -> Iterator[None]:
    """Point the connection to a database that has nothing but the tables that are made elsewhere."""
    with _Adopting(connection, "", Style.of(Path.cwd()), others, (), None).scratch():
        yield


class _Adopting:
    def __init__(
        self,
        connection: BaseDatabaseWrapper,
        name: str,
        style: Style,
        others: Set[tuple[str | None, str]],
        patterns: Sequence[str],
        split: int | None,
        retires: Sequence[str] = (),
    ) -> None:
        self.connection, self.dialect = connection, dialect_of(connection)
        self.name, self.style, self.split, self.retires = name, style, split, retires
        self.picture = Picture.of(connection)
        database = self.picture.database
        self.reader = FieldReader.of(connection, database)
        self.is_whole = not patterns
        # What no migration of kit's can say, and no tool may be there to tell of.
        self.lost = unsaid(connection, self.picture.around) if self.is_whole else ()
        self.left_out = self._left_out(others, patterns)
        self.imports = Imports(frozenset({"schema", "table"}))

    def _left_out(
        self, others: Set[tuple[str | None, str]], patterns: Sequence[str]
    ) -> frozenset[Node]:
        database, around = self.picture.database, self.picture.around
        made_elsewhere = {_node(each) for each in database if each.key in others}
        if not patterns:
            return frozenset(made_elsewhere)
        return (all_nodes(database, around) - selected(database, around, patterns)) | made_elsewhere

    def adopt(self) -> Adoption:
        parts = parts_of(self.reader, self.picture.around, self.imports, self.left_out)
        files, found = self._proven(parts)
        if found and any(part.text for part in parts):
            with self.scratch():
                unlike = self._unlike(parts)
            parts = in_own_words(parts, unlike)
            files, found = self._proven(parts)
        tables = sum(part.makes_table for part in parts)
        unjudged = self.picture.reason if self.is_whole else "it is of the whole database"
        lost = tuple(f"- {each}" for each in self.lost)
        return Adoption(files, (*lost, *found), unjudged, tables)

    # Which things kit's operations do not make exactly

    def _unlike(self, parts: Sequence[Part]) -> Set[Node]:
        """Those whose text has to be taken: what fails, and what comes out otherwise."""
        failed = {part.node for part in parts if not self._is_made(part)}
        made = Picture.of(self.connection, with_dump=False)
        wanted, found = _as_written(self.picture), _as_written(made)
        return failed | {
            node for name, node in nodes(self.picture) if found.get(name) != wanted[name]
        }

    def _is_made(self, part: Part) -> bool:
        """Whether kit's operations make it; what they have begun makes room for the text."""
        if part.text is None:
            self._try(part)
            return True
        if self._try(part):
            return True
        with suppress(*FAILURES):
            run(self.connection, step_of(part.down, self.imports), atomic=False)
        self._try(part.text)
        return False

    def _try(self, part: Part) -> bool:
        lines = [line for block in blocks([part], self.dialect) for line in block]
        try:
            run(self.connection, step_of(tuple(lines), self.imports), atomic=False)
        except FAILURES:
            return False
        return True

    # The proof

    def _proven(self, parts: Sequence[Part]) -> tuple[Files, tuple[str, ...]]:
        """The migrations of the parts, and what is wrong with them."""
        files = tuple(self._files(parts))
        with self.scratch():
            return files, tuple(self._proof([source for _, source in files]))

    def _proof(self, sources: Sequence[str]) -> Iterator[str]:
        """What the migrations make otherwise, and what they leave behind."""
        steps = [steps_of(source) for source in sources]
        before = things(Picture.of(self.connection, with_dump=False))
        try:
            for up, _ in steps:
                run(self.connection, up)
            made = Picture.of(self.connection, with_dump=self.is_whole)
            yield from self._differences(made, before.keys())
            for _, down in reversed(steps):
                run(self.connection, down)
        except FAILURES as error:
            yield f"! {' '.join(str(error).split())}"
            return
        left = things(Picture.of(self.connection, with_dump=False)).keys() - before.keys()
        yield from (f"! down() leaves {name}" for name in sorted(left))

    def _differences(self, made: Picture, before: Collection[str]) -> Iterator[str]:
        """Of a part of a database, those of what the migrations have made."""
        if self.is_whole:
            yield from differences(self.picture, made)
            return
        names = things(made).keys() - before
        names |= {name for name, node in nodes(self.picture) if node not in self.left_out}
        yield from of_things(self.picture, made, names)

    @contextmanager
    def scratch(self) -> Iterator[None]:
        """An empty database but for the tables that others make."""
        settings = dict(self.picture.around.database)
        with empty_database(self.connection, "to prove the migration in", settings):
            self._make_left_out()
            yield

    def _make_left_out(self) -> None:
        """Those of them that can be made without what the migration makes."""
        database, around = self.picture.database, self.picture.around
        rest = all_nodes(database, around) - self.left_out
        if self.is_whole:
            around = facts.Surroundings()
        imports = Imports()
        for part in parts_of(self.reader, around, imports, rest) if self.left_out else ():
            with suppress(*FAILURES):
                run(self.connection, step_of((part.text or part).up, imports), atomic=False)

    # The files

    def _files(self, parts: Sequence[Part]) -> Iterator[tuple[str, str]]:
        chunks = list(_chunks(parts, self.split))
        for number, chunk in zip(count(1), chunks, strict=False):
            name = self.name if len(chunks) == 1 else f"{self.name}_{number}"
            yield (
                name,
                migration_source(
                    name,
                    chunk,
                    self.imports,
                    self.dialect,
                    self.style,
                    self.retires,
                    self.connection.alias,
                ),
            )


def _chunks(parts: Sequence[Part], split: int | None) -> Iterator[list[Part]]:
    """So many tables in each, and what stands between them with those behind it."""
    chunk: list[Part] = []
    tables = 0
    for part in parts:
        if split and part.makes_table and tables == split:
            yield chunk
            chunk, tables = [], 0
        chunk.append(part)
        tables += part.makes_table
    yield chunk


def _as_written(picture: Picture) -> dict[str, tuple[Any, ...]]:
    """Each thing, with the words that the database keeps of it."""
    kept = words_of_tables(picture)
    return {
        name: (
            *(each, each.sql, kept.get(name)),
            *(index.sql for index in each.indexes),
            *(column.identity.sequence for column in each.columns if column.identity),
        )
        if isinstance(each, facts.Table)
        else (each,)
        for name, each in things(picture).items()
    }


def _node(table: facts.Table) -> Node:
    return ("relation", table.schema, table.name)
