"""Schemas, types, sequences, routines and such -> parts of a migration."""

from __future__ import annotations

from kit_django.codegen.adopting.parts import Part
from kit_django.codegen.adopting.tables import Unsayable, spelled
from kit_django.codegen.adopting.text import run_sql
from kit_django.schema import facts
from kit_django.schema.dialects.base import Dialect
from kit_django.schema.whole import Type, node_of, type_statements


def schema_part(dialect: Dialect, name: str) -> Part:
    node = ("schema", None, name)
    if name == "public":  # which a new database has
        return Part(node, (f"schema.create_schema({name!r}, if_not_exists=True)",))
    quoted = dialect.quote_name(name)
    text = Part(node, (run_sql(f"CREATE SCHEMA {quoted}"),), (run_sql(f"DROP SCHEMA {quoted}"),))
    return Part(
        node, (f"schema.create_schema({name!r})",), (f"schema.drop_schema({name!r})",), text
    )


def object_part(each: facts.Object) -> Part:
    down = (run_sql(each.drop),) if each.drop else ()
    text = Part(node_of(each), (run_sql(each.sql),), down, session=each.session)
    if each.kind != "extension" or each.schema is not None:
        return text
    up, back = (f"schema.{word}_extension({each.name!r})" for word in ("create", "drop"))
    return Part(text.node, (up,), (back,), text)


def type_part(dialect: Dialect, made: Type) -> Part:
    """An enum, a domain, a composite type or a sequence."""
    words = {facts.Domain: "DOMAIN", facts.Sequence: "SEQUENCE"}
    word = words.get(type(made), "TYPE")
    name = dialect.quote_qualified(made.name, made.schema)
    node = node_of(made)
    lines = tuple(map(run_sql, type_statements(dialect, made)))
    text = Part(node, lines, (run_sql(f"DROP {word} {name}"),))
    try:
        up, down = _in_kits_words(made, spelled(made.name, made.schema))
    except Unsayable:
        return text
    return Part(node, (up,), (down,), text)


def _in_kits_words(made: Type, name: str) -> tuple[str, str]:
    match made:
        case facts.Enum():
            labels = list(made.labels)
            return (
                f"schema.create_enum({name!r}, {labels!r})",
                f"schema.drop_enum({name!r}, {labels!r})",
            )
        case facts.Domain():
            return f"schema.create_domain({_domain(made, name)})", f"schema.drop_type({name!r})"
        case facts.Composite():
            pairs = [(each.name, each.type) for each in made.columns]
            return f"schema.create_type({name!r}, {pairs!r})", f"schema.drop_type({name!r})"
        case facts.Sequence() if not made.options:
            return f"schema.create_sequence({name!r})", f"schema.drop_sequence({name!r})"
    raise Unsayable


def _domain(domain: facts.Domain, name: str) -> str:
    if domain.collation or len(domain.checks) > 1 or any(each.options for each in domain.checks):
        raise Unsayable
    words = [repr(name), repr(domain.type)]
    words += [f"check={check.sql!r}" for check in domain.checks]
    words += [f"default={domain.default!r}"] if domain.default is not None else []
    words += [] if domain.null else ["null=False"]
    return ", ".join(words)
