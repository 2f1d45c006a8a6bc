"""A model on its way from a table to a ModelSpec: names and relations first, fields after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from kit_django.codegen import naming
from kit_django.codegen.inference.context import Claim, Context, KnownModel
from kit_django.codegen.inference.keys import Key, key_of
from kit_django.codegen.project.names import GivenNames
from kit_django.codegen.specs import Note, NoteKind, TableKey
from kit_django.schema.facts import ForeignKey, Table, display_name


@dataclass
class Draft:
    """``names`` maps columns to field names, ``relations`` those columns that are relations.

    ``composites`` are the foreign keys over several columns that are relations too, by field name
    in ``composite_names``.
    """

    claim: Claim
    class_name: str
    key: Key
    names: dict[str, str] = field(default_factory=dict)
    relations: dict[str, ForeignKey] = field(default_factory=dict)
    one_to_one: set[str] = field(default_factory=set)
    composites: list[ForeignKey] = field(default_factory=list)
    composite_names: dict[str, ForeignKey] = field(default_factory=dict)
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
        yield from self.composite_names
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


def draft_models(claims: list[Claim], context: Context) -> dict[TableKey, Draft]:
    """A draft for each table, with the class named."""
    names = _class_names(claims, context)
    return {
        claim.table.key: Draft(claim, names[claim.table.key], key_of(claim.table))
        for claim in claims
    }


def _class_names(claims: list[Claim], context: Context) -> dict[TableKey, str]:
    """Names that the settings give go first: a table's own name then gives way to them."""
    taken = {label: set(names) for label, names in context.class_names.items()}
    given = context.given_names
    found = {}
    for claim in sorted(claims, key=lambda each: given.class_name(each.table.key) is None):
        in_app = taken.setdefault(claim.app_label, set())
        if claim.known:
            name = claim.known.label.partition(".")[2]
        elif wanted := given.class_name(claim.table.key):
            name = naming.unique_class_name(wanted, in_app)
        else:
            name = _class_name(claim.table, given, in_app)
        in_app.add(name.lower())
        found[claim.table.key] = name
    return found


def _class_name(table: Table, given: GivenNames, taken: set[str]) -> str:
    """That of the table, with its schema's before it where another table has the name."""
    own = given.without_prefix(table.name)
    name = naming.class_name(own)
    if name.lower() in taken and table.schema is not None:
        return naming.class_name(f"{table.schema}_{own}", taken)
    return naming.unique_class_name(name, taken)


def name_fields(draft: Draft, given: GivenNames) -> None:
    """Names that the settings give go first; relations, last, give way to plain columns."""
    taken: set[str] = {"pk"}
    if draft.known:
        draft.names |= draft.known.fields
        taken |= draft.known.names
    wanted = {each: given.field_name(draft.table.key, each) for each in draft.table.column_names}
    unnamed = [column for column in draft.table.column_names if column not in draft.names]
    unnamed.sort(key=lambda column: (wanted[column] is None, column in draft.relations))
    for column in unnamed:
        if column in draft.relations:
            name = _relation_name(wanted[column] or naming.relation_name(column), taken)
            taken |= {name, f"{name}_id"}
        else:
            name = _plain_name(draft, column, wanted[column], taken)
            taken.add(name)
        draft.names[column] = name


def _plain_name(draft: Draft, column: str, wanted: str | None, taken: set[str]) -> str:
    name = wanted or naming.field_name(column)
    if name == "id" and draft.key.columns != (column,):
        name = "id_value"  # Django keeps the name for a key
    return naming.unique(name, taken)


def _relation_name(first: str, taken: set[str]) -> str:
    number, name = 1, first if first != "id" else "id_ref"
    while name in taken or f"{name}_id" in taken:
        name = f"{first}_ref" if number == 1 else f"{first}_ref_{number}"
        number += 1
    return name
