"""What a database holds and no model makes: views, routines, types, what stands at its tables."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.codegen.verifying.judging import Picture, things
from kit_django.codegen.verifying.losses import Loss
from kit_django.schema.facts import Apart, Database, Object, Table, display_name
from kit_django.schema.introspection import apart, unsaid

# Partitions, foreign and virtual tables, views are nothing that a model could make.
MADE_BY_MODELS = ("table", "partitioned table")
UNSAID = "what kit has no statement for"


def beside_tables(connection: BaseDatabaseWrapper, database: Database) -> tuple[Loss, ...]:
    """What stands at the tables of ``database``, of which no model says anything."""
    there = {table.key for table in database}
    return tuple(
        Loss("beside the table", display_name(each.table), each.name, each.kind)
        for each in apart(connection)
        if each.table in there
    )


def beside_models(connection: BaseDatabaseWrapper, database: Database) -> tuple[Loss, ...]:
    """What the connection's database holds besides the tables of ``database``.

    Some of it columns stand on, as types: what is verified is made beside it.
    """
    picture = Picture.of(connection, with_dump=False)
    made = {table.key for table in database if table.kind in MADE_BY_MODELS}
    at_tables = {_place(each) for each in apart(connection) if each.table in made}
    triggers = [(table, each.name) for table in database for each in table.triggers]
    at_tables |= {(table.key, name) for table, name in triggers}
    at_tables |= {((table.schema, ""), name) for table, name in triggers}  # of a schema's own names
    found = [
        _loss(name, each)
        for name, each in things(picture).items()
        if not (isinstance(each, Table) and each.key in made)
        and not (isinstance(each, Object) and _named(each) in at_tables)
    ]
    left_out = (Loss(UNSAID, name, "", "") for name in unsaid(connection, picture.around))
    there = {table.key for table in database}
    rights = (
        Loss(each.kind, display_name(each.table), each.name, "")
        for each in apart(connection)
        if each.table not in there
    )
    return (*found, *left_out, *rights)


def _place(each: Apart) -> tuple[tuple[str | None, str], str]:
    return each.table, each.name


def _named(each: Object) -> tuple[tuple[str | None, str], str]:
    """Where it stands, and its name without that."""
    return (each.schema, each.on), each.name.removesuffix(f" on {each.on}")


def _loss(name: str, each: Any) -> Loss:
    """``name`` begins with the kind, which may be of several words."""
    kind = each.kind if isinstance(each, Table | Object) else name.partition(" ")[0]
    return Loss(kind, name.removeprefix(f"{kind} "), "", "")
