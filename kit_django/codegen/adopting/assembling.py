"""All of a database -> the parts of a migration, each behind what it builds on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from fnmatch import fnmatchcase

from kit_django.codegen.adopting.objects import Type, node_of, object_part, schema_part, type_part
from kit_django.codegen.adopting.ordering import in_order
from kit_django.codegen.adopting.parts import Part
from kit_django.codegen.adopting.relations import VIEWS, Relations, node_of_table, target
from kit_django.codegen.adopting.tables import Tables
from kit_django.codegen.source.imports import Imports
from kit_django.schema import facts
from kit_django.schema.dialects import dialect_named
from kit_django.schema.facts import Node
from kit_django.schema.field_reader import FieldReader
from kit_django.schema.tables.order import views_in_order

# What stands on tables and views, and is made behind them all.
LATE = ("statistics", "rule", "policy", "event", "comment")
# What a table or view has in its own words.
OF_RELATIONS = ("table", "view", "trigger")
FIRST = ("extension", "collation")
LAST = (*LATE, *OF_RELATIONS)


def parts_of(
    reader: FieldReader, around: facts.Surroundings, imports: Imports, left_out: Set[Node]
) -> tuple[Part, ...]:
    """In the order in which they can be made; ``left_out`` is there already."""
    database, dialect = reader.database, reader.dialect
    own_words = {node_of(each): each for each in around.objects if each.kind in OF_RELATIONS}
    things = {node: each for node, each in _things(database, around) if node not in left_out}
    keys = [(node_of_table(each), target(key)) for each in database for key in each.foreign_keys]
    order = in_order(list(things), _needs(database, around), keys)
    places = {node: place for place, node in enumerate(order)}
    relations = Relations(Tables(reader, imports), database, places, own_words)

    def made() -> Iterator[Part]:
        yield from (
            schema_part(dialect, name)
            for name in around.schemas
            if ("schema", None, name) not in left_out
        )
        for each in map(things.__getitem__, order):
            match each:
                case facts.Table():
                    yield relations.part(each)
                case facts.Object():
                    yield object_part(each)
                case _:
                    yield type_part(dialect, each)
        own = [each for each in database if node_of_table(each) in places]
        # Partitions of partitions come behind what they are parts of.
        for each in sorted(own, key=lambda each: -places[node_of_table(each)]):
            yield from relations.indexes(each)
        yield from (part for each in own for part in relations.keys(each))
        yield from (part for each in own for part in relations.triggers(each))
        yield from (
            object_part(each)
            for each in around.objects
            if each.kind in LATE and left_out.isdisjoint({node_of(each), _owner(each)})
        )

    return tuple(made())


def _owner(each: facts.Object) -> Node:
    return ("relation", each.schema, each.on or "")


def selected(
    database: facts.Database, around: facts.Surroundings, patterns: Sequence[str]
) -> frozenset[Node]:
    """What fits the patterns, a table by its name or ``schema.name``, with all it is built on."""
    found = {
        node_of_table(each)
        for each in database
        if any(fnmatchcase(each.display_name, pattern) for pattern in patterns)
    }
    waiting = list(found)
    needs = _needs(database, around)
    while waiting:
        node = waiting.pop()
        new = {other for one, other in needs if one == node} - found
        new = {
            each for each in new if each[0] != "relation" or database.find(each[2], each[1]) is None
        }
        found |= new
        waiting += new
    return frozenset(found)


def all_nodes(database: facts.Database, around: facts.Surroundings) -> frozenset[Node]:
    """Everything that parts could be made of."""
    schemas = {("schema", None, name) for name in around.schemas}
    late = {node_of(each) for each in around.objects if each.kind in LATE and not each.on}
    return frozenset({*schemas, *late, *(node for node, _ in _things(database, around))})


def _things(
    database: facts.Database, around: facts.Surroundings
) -> Iterator[tuple[Node, facts.Table | facts.Object | Type]]:
    """All that is made in an order of its own, as it would come if nothing asked for another.

    Routines come first where the database tells what they need, as much may need them; else behind
    the tables, which cannot.
    """
    objects = [(node_of(each), each) for each in around.objects if each.kind not in LAST]
    routines = [(node, each) for node, each in objects if each.kind not in FIRST]
    yield from ((node, each) for node, each in objects if each.kind in FIRST)
    types: tuple[facts.Enum | facts.Domain | facts.Composite, ...]
    types = (*database.enums, *database.domains, *database.composites)
    for made in types:
        yield ("type", made.schema, made.name), made
    for sequence in database.sequences:
        yield ("relation", sequence.schema, sequence.name), sequence
    yield from routines if around.needs else ()
    tables = {node_of_table(each): each for each in database}
    yield from ((node, each) for node, each in tables.items() if each.kind not in VIEWS)
    yield from () if around.needs else routines
    for view in views_in_order(database.views, dialect_named(database.vendor)):
        node = ("relation", view.schema, view.name)
        yield node, tables[node]


def _needs(database: facts.Database, around: facts.Surroundings) -> set[tuple[Node, Node]]:
    """What the database tells, the sequences of columns standing for their tables."""
    owners = {
        ("relation", table.schema, column.identity.sequence): node_of_table(table)
        for table in database
        for column in table.columns
        if column.identity and column.identity.sequence
    }
    return {(owners.get(one, one), owners.get(other, other)) for one, other in around.needs}
