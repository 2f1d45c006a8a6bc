"""Operations on what a schema holds besides tables and views: types, sequences, extensions, schemas.

All of them are made of a fact and dropped by a name; what differs from kind to kind stands in a
table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from kit_django.exceptions import Irreversible, NotSupported, OperationError
from kit_django.operations.base import Operation
from kit_django.operations.lookups.names import refuse_taken_name, refuse_taken_type
from kit_django.schema import facts, statements
from kit_django.schema.named import Extension, Function, Named, Namespace, Procedure, Routine
from kit_django.schema.names import require_name
from kit_django.schema.sql.creations import one_creation

if TYPE_CHECKING:
    from kit_django.operations.engines.base import Engine


@dataclass(frozen=True)
class Kind:
    """``word`` is what messages call it, ``group`` what a database has or has not; ``untold`` is what
    its name alone does not say.

    ``is_qualified`` is whether a dot in its name sets a schema apart. One that ``comes_and_goes``
    may be there when it is made, and gone when it is dropped.
    """

    word: str
    group: str
    keyword: str
    untold: str = ""
    is_qualified: bool = True
    comes_and_goes: bool = False


ENUM = Kind("enum type", "enum types", "TYPE", "what its labels were")
TYPE = Kind("type", "types of their own", "TYPE", "what the type was")  # that takes domains too
SEQUENCE = Kind("sequence", "sequences", "SEQUENCE", "where the sequence began")
EXTENSION = Kind("extension", "extensions", "EXTENSION", is_qualified=False, comes_and_goes=True)
SCHEMA = Kind("schema", "schemas", "SCHEMA", is_qualified=False)
FUNCTION = Kind("function", "functions", "FUNCTION", "what the function was. Say it with was=")
PROCEDURE = Kind("procedure", "procedures", "PROCEDURE", "what it was. Say it with was=")
KINDS: dict[type, Kind] = {
    facts.Enum: ENUM,
    facts.Domain: Kind("domain", "domains", "DOMAIN"),
    facts.Composite: Kind("type", "composite types", "TYPE"),
    facts.Sequence: SEQUENCE,
    Extension: EXTENSION,
    Namespace: SCHEMA,
    Function: FUNCTION,
    Procedure: PROCEDURE,
}


@dataclass(frozen=True)
class CreateObject(Operation):
    """``made`` has the name that the migration gave, which may say its schema too."""

    made: Named
    if_not_exists: bool = False

    @property
    def kind(self) -> Kind:
        return KINDS[type(self.made)]

    def perform(self, engine: Engine) -> None:
        if not _is_had(engine, self.kind):
            return
        made = self._in_its_schema(engine)
        article = "an" if self.kind.word[0] in "aeiou" else "a"
        require_name(engine.connection, made.name, f"{article} {self.kind.word}")
        if isinstance(made, Routine):
            made = replace(
                made, sql=one_creation(made.sql, self.kind.keyword, made.name, engine.dialect)
            )
        may_be_there = self.if_not_exists or self.kind.comes_and_goes
        if not may_be_there:
            self._refuse_taken(engine, made)
        engine.execute(statements.create_named(engine.dialect, made, if_not_exists=may_be_there))
        if isinstance(made, facts.Enum):
            engine.catalog.put_enum((made.schema, made.name), made)

    def _refuse_taken(self, engine: Engine, made: Named) -> None:
        if isinstance(made, facts.Sequence):
            refuse_taken_name(engine, made.schema, made.name, self.kind.word)
        elif isinstance(made, facts.Enum | facts.Domain | facts.Composite):
            refuse_taken_type(engine, made.schema, made.name, self.kind.word)

    def _in_its_schema(self, engine: Engine) -> Named:
        if not self.kind.is_qualified:
            return self.made
        schema, name = engine.catalog.key(self.made.name)
        said: dict[str, Any] = {"schema": schema, "name": name}
        return replace(self.made, **said)

    def inverse(self) -> tuple[Operation, ...]:
        if self.if_not_exists:
            raise Irreversible(
                f"{self.describe()} with if_not_exists may not have made the {self.kind.word}. "
                "Write down()."
            )
        # An enum goes with the last column that has it.
        return (DropObject(self.kind, self.made.name, self.made, if_exists=self.kind is ENUM),)

    def describe(self) -> str:
        return f"create {self.kind.word} {self.made.name!r}"


@dataclass(frozen=True)
class DropObject(Operation):
    """``was`` makes the drop reversible."""

    kind: Kind
    name: str
    was: Named | None = None
    if_exists: bool = False

    def perform(self, engine: Engine) -> None:
        if not _is_had(engine, self.kind):
            return
        key = engine.catalog.key(self.name) if self.kind.is_qualified else (None, self.name)
        if self.kind is SEQUENCE:
            engine.refuse_used_sequence(key[1])
        if self.kind is ENUM and engine.catalog.has_enum_gone(key):
            return
        word = "IF EXISTS " if self.if_exists or self.kind.comes_and_goes else ""
        name = engine.dialect.quote_qualified(key[1], key[0])
        engine.execute(f"DROP {self.kind.keyword} {word}{name}")
        if self.kind is ENUM:
            engine.catalog.put_enum(key, None)

    def inverse(self) -> tuple[Operation, ...]:
        if self.was is None:
            raise Irreversible(f"{self.describe()} does not say {self.kind.untold}.")
        return (CreateObject(self.was),)

    def describe(self) -> str:
        return f"drop {self.kind.word} {self.name!r}"


def enum_labels(labels: Sequence[str]) -> tuple[str, ...]:
    """The labels as they were given. Raises OperationError for none, and for one that is there twice."""
    given = tuple(labels)
    if isinstance(labels, str) or not given or not all(isinstance(each, str) for each in given):
        raise OperationError("An enum takes a list of at least one text.")
    if len(set(given)) != len(given):
        raise OperationError("An enum was given one text twice.")
    return given


def _is_had(engine: Engine, kind: Kind) -> bool:
    """Whether there is something to do: without enum types, a column says it all by itself."""
    dialect = engine.dialect
    if kind is ENUM:
        return dialect.enums == "type"
    if kind.group not in dialect.objects:
        raise NotSupported(
            f"{engine.connection.display_name} has no {kind.group}. Ask schema.vendor before."
        )
    return True
