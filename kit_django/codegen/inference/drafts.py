"""A model on its way from a table to a ModelSpec: names and relations first, fields after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from kit_django.codegen import naming
from kit_django.codegen.context import Claim, Context, KnownModel
from kit_django.codegen.inference.keys import Key, key_of
from kit_django.codegen.specs import Note, NoteKind, TableKey
from kit_django.schema.facts import ForeignKey, Table


@dataclass
class Draft:
    """``names`` maps columns to field names, ``relations`` those columns that are relations."""

    claim: Claim
    class_name: str
    key: Key
    names: dict[str, str] = field(default_factory=dict)
    relations: dict[str, ForeignKey] = field(default_factory=dict)
    one_to_one: set[str] = field(default_factory=set)
    many_to_many: list[ManyToMany] = field(default_factory=list)
    related_names: dict[str, str] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    @property
    def table(self) -> Table:
        return self.claim.table

    @property
    def known(self) -> KnownModel | None:
        return self.claim.known

    @property
    def label(self) -> str:
        return f"{self.claim.app_label}.{self.class_name}"

    def attname(self, column: str) -> str:
        """The name by which the column's own value is reached."""
        name = self.names[column]
        is_relation = column in self.relations or (self.known and column in self.known.relations)
        return f"{name}_id" if is_relation else name

    def taken_names(self) -> Iterator[str]:
        """Every name that an attribute of the model has."""
        if self.known:
            yield from self.known.names
        yield from self.names.values()
        yield from (self.attname(column) for column in self.relations)
        yield from (link.name for link in self.many_to_many)
        if self.key.is_composite:
            yield "pk"

    def note(self, kind: NoteKind, message: str, about: str = "") -> None:
        self.notes.append(Note(display_name(self.table.key), kind, message, about))


@dataclass(frozen=True, slots=True)
class ManyToMany:
    """A many-to-many relation over a link table; ``through_fields`` where it needs saying."""

    name: str
    target: TableKey
    through: TableKey
    through_columns: tuple[str, str] | None = None


def display_name(key: TableKey) -> str:
    return ".".join(filter(None, key))


def draft_models(claims: list[Claim], context: Context) -> dict[TableKey, Draft]:
    """A draft for each table, with the class named."""
    taken = {label: set(names) for label, names in context.class_names.items()}
    drafts = {}
    for claim in claims:
        in_app = taken.setdefault(claim.app_label, set())
        known = claim.known.label.partition(".")[2] if claim.known else ""
        name = known or naming.class_name(claim.table.name, in_app)
        in_app.add(name.lower())
        drafts[claim.table.key] = Draft(claim, name, key_of(claim.table))
    return drafts


def name_fields(draft: Draft) -> None:
    """Plain columns get their names first, so that a relation gives way to them."""
    taken: set[str] = {"pk"}
    if draft.known:
        draft.names |= draft.known.fields
        taken |= draft.known.names
    columns = [column for column in draft.table.columns if column.name not in draft.names]
    for column in columns:
        if column.name not in draft.relations:
            name = _plain_name(draft, column.name, taken)
            draft.names[column.name] = name
            taken.add(name)
    for column in columns:
        if column.name in draft.relations:
            name = _relation_name(column.name, taken)
            draft.names[column.name] = name
            taken |= {name, f"{name}_id"}


def _plain_name(draft: Draft, column: str, taken: set[str]) -> str:
    name = naming.field_name(column)
    if name == "id" and draft.key.columns != (column,):
        name = "id_value"  # Django keeps the name for a key
    return naming.unique(name, taken)


def _relation_name(column: str, taken: set[str]) -> str:
    first = naming.relation_name(column)
    number, name = 1, first if first != "id" else "id_ref"
    while name in taken or f"{name}_id" in taken:
        name = f"{first}_ref" if number == 1 else f"{first}_ref_{number}"
        number += 1
    return name
