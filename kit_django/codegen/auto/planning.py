"""Both sides and the live tables -> what a migration is to do, in an order that runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, replace

from kit_django.codegen.auto.alterations import Alteration, Sought, alteration
from kit_django.codegen.auto.sides import Side
from kit_django.schema import facts
from kit_django.schema.dialects.base import Dialect
from kit_django.schema.facts import Key, Node
from kit_django.schema.tables.difference import Part
from kit_django.schema.tables.ordering import in_order
from kit_django.schema.tables.renaming import repointed, retargeted
from kit_django.schema.whole import node_of, target

Late = tuple[facts.Table, facts.ForeignKey]


@dataclass(frozen=True)
class Plan:
    """``renamed`` are tables before and after; ``late`` the keys that come behind all tables,
    ``early`` those that go before any is changed; ``dropped`` come in the order in which they can go."""

    renamed: tuple[tuple[facts.Table, facts.Table], ...] = ()
    created: tuple[facts.Table, ...] = ()
    altered: tuple[Alteration, ...] = ()
    dropped: tuple[facts.Table, ...] = ()
    late: tuple[Late, ...] = ()
    early: tuple[Late, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.renamed or self.created or self.altered or self.dropped)


def plan_of(before: Side, after: Side, live: facts.Database, dialect: Dialect) -> Plan:
    """``live`` has the tables that the sides' models have there."""
    both = [label for label in before.tables if label in after.tables]
    names = {
        before.tables[label].key: after.tables[label].name
        for label in both
        if before.tables[label].name != after.tables[label].name
    }
    tables = {each.key: each for each in live}
    renamed = []
    for key, new in names.items():
        if key in tables:
            renamed.append((tables[key], replace(tables[key], name=new)))
    columns = _renamed_columns(before, after, both)
    altered = []
    for label in both:
        old = before.tables[label]
        if old.key not in tables:
            continue
        now = _as_others_are_called(tables[old.key], names, {})
        sought = Sought(
            _as_others_are_called(old, names, columns),
            after.tables[label],
            _names(before, after, label),
            before.given | after.given,
        )
        found = alteration(replace(now, name=after.tables[label].name), sought, dialect)
        if found.alters:
            altered.append(found)
    created = [after.tables[label] for label in after.tables if label not in before.tables]
    dropped = [
        tables[before.tables[label].key]
        for label in before.tables
        if label not in after.tables and before.tables[label].key in tables
    ]
    return _in_order(renamed, created, altered, dropped)


def _names(before: Side, after: Side, label: str) -> dict[str, str]:
    """The columns of a model before, by their names now: a field is the same by its name."""
    old, new = before.columns[label], after.columns[label]
    return {column: old[name] for name, column in new.items() if name in old}


def _renamed_columns(before: Side, after: Side, labels: Iterable[str]) -> dict[Key, dict[str, str]]:
    found = {}
    for label in labels:
        names = _names(before, after, label)
        found[after.tables[label].key] = {old: new for new, old in names.items() if old != new}
    return found


def _as_others_are_called(
    table: facts.Table, names: Mapping[Key, str], columns: Mapping[Key, Mapping[str, str]]
) -> facts.Table:
    """The table with its keys leading to the other tables by the names that they get."""
    for key, new in names.items():
        table = repointed(table, key, new)
    for target_key, renamed in columns.items():
        for old, new in renamed.items():
            table = retargeted(table, target_key, old, new)
    return table


def _in_order(
    renamed: list[tuple[facts.Table, facts.Table]],
    created: list[facts.Table],
    altered: list[Alteration],
    dropped: list[facts.Table],
) -> Plan:
    new = {node_of(each): each for each in created}
    keys = [(node_of(each), target(key)) for each in created for key in each.foreign_keys]
    order = in_order(list(new), (), keys)
    late = list(_waiting(order, new))
    early: list[Late] = []
    changing = {node_of(each.target) for each in altered} | set(map(node_of, dropped))
    for each in altered:
        early += _keys_elsewhere(each, each.dropped, changing)
        late += _keys_elsewhere(each, each.added, changing)
    gone = {node_of(each): each for each in dropped}
    keys = [(node_of(each), target(key)) for each in dropped for key in each.foreign_keys]
    last = in_order(list(gone), (), keys)
    for table, key in _waiting(last, gone):  # a circle, which is opened before it goes
        early.append((table, key))
    return Plan(
        tuple(renamed),
        tuple(new[node] for node in order),
        tuple(altered),
        tuple(_opened(gone[node], early) for node in reversed(last)),
        tuple(late),
        tuple(early),
    )


def _opened(table: facts.Table, early: Iterable[Late]) -> facts.Table:
    gone = [key for owner, key in early if owner.key == table.key]
    kept = tuple(each for each in table.foreign_keys if each not in gone)
    return replace(table, foreign_keys=kept)


def _waiting(order: list[Node], tables: Mapping[Node, facts.Table]) -> Iterator[Late]:
    """The keys that lead to what comes later."""
    places = {node: place for place, node in enumerate(order)}
    for node in order:
        for key in tables[node].foreign_keys:
            if places.get(target(key), -1) > places[node]:
                yield tables[node], key


def _keys_elsewhere(made: Alteration, parts: Iterable[Part], changing: Set[Node]) -> Iterator[Late]:
    """The keys that lead to another table that is changed as well."""
    others = changing - {node_of(made.target)}
    for part in parts:
        if isinstance(part, facts.ForeignKey) and target(part) in others:
            yield made.target, part
