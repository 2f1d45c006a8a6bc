"""All of a database -> the parts of a migration, each behind what it builds on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from fnmatch import fnmatchcase

from kit_django.codegen.adopting.objects import object_part, schema_part, type_part
from kit_django.codegen.adopting.parts import Part
from kit_django.codegen.adopting.relations import Relations
from kit_django.codegen.adopting.tables import Tables
from kit_django.codegen.source.imports import Imports
from kit_django.schema import facts
from kit_django.schema.facts import Node
from kit_django.schema.field_reader import FieldReader
from kit_django.schema.tables.ordering import in_order
from kit_django.schema.whole import (
    LATE,
    Words,
    late,
    needs,
    node_of,
    owner_of,
    target,
    things,
)


def parts_of(
    reader: FieldReader, around: facts.Surroundings, imports: Imports, left_out: Set[Node]
) -> tuple[Part, ...]:
    """In the order in which they can be made; ``left_out`` is there already."""
    database, dialect = reader.database, reader.dialect
    found = {node_of(each): each for each in things(database, around)}
    kept = [node for node in found if node not in left_out]
    pairs = needs(database, around)
    partitions = {node_of(each) for each in database if each.kind == "partition"}
    # A key leads to all parts of a table: who has it comes behind them, and goes before them.
    keys = [
        (node_of(each), led_to)
        for each in database
        for key in each.foreign_keys
        for led_to in _with_partitions(target(key), pairs, partitions)
    ]
    order = in_order(kept, pairs, [*keys, *around.named])
    places = {node: place for place, node in enumerate(order)}
    relations = Relations(Tables(reader, imports), database, places, Words.of(dialect, around))

    def made() -> Iterator[Part]:
        yield from (
            schema_part(dialect, name)
            for name in around.schemas
            if ("schema", None, name) not in left_out
        )
        for each in map(found.__getitem__, order):
            match each:
                case facts.Table():
                    yield relations.part(each)
                case facts.Object():
                    yield object_part(each)
                case _:
                    yield type_part(dialect, each)
        own = [each for each in database if node_of(each) in places]
        # Partitions of partitions come behind what they are parts of.
        for each in sorted(own, key=lambda each: -places[node_of(each)]):
            yield from relations.indexes(each)
        yield from (part for each in own for part in relations.keys(each))
        yield from (part for each in own for part in relations.triggers(each))
        yield from (
            object_part(each)
            for each in late(around.objects)
            if left_out.isdisjoint({node_of(each), owner_of(each)})
        )

    return tuple(made())


def _with_partitions(
    node: Node, pairs: Set[tuple[Node, Node]], partitions: Set[Node]
) -> Iterator[Node]:
    yield node
    for one, other in pairs if partitions else ():
        if other == node and one in partitions:
            yield from _with_partitions(one, pairs, partitions)


def selected(
    database: facts.Database, around: facts.Surroundings, patterns: Sequence[str]
) -> frozenset[Node]:
    """What fits the patterns, a table by its name or ``schema.name``, with all it is built on."""
    found = {
        node_of(each)
        for each in database
        if any(fnmatchcase(each.display_name, pattern) for pattern in patterns)
    }
    waiting = list(found)
    pairs = needs(database, around)
    while waiting:
        node = waiting.pop()
        new = {other for one, other in pairs if one == node} - found
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
    return frozenset({*schemas, *late, *map(node_of, things(database, around))})
