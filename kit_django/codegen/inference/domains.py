"""What a column has from its type: PostgreSQL's domains bring a default and NOT NULL along."""

from __future__ import annotations

from dataclasses import replace

from kit_django.schema.facts import Column, Database, Domain


def with_domains(database: Database) -> Database:
    """The tables' columns with what they have from their domains."""
    if not database.domains:
        return database
    by_name = {domain.sql_name or domain.name: domain for domain in database.domains}
    tables = tuple(
        replace(table, columns=tuple(_with_domain(each, by_name) for each in table.columns))
        for table in database
    )
    return replace(database, tables=tables)


def _with_domain(column: Column, domains: dict[str, Domain]) -> Column:
    """A domain may be over another one; the outermost default counts."""
    domain, seen = domains.get(column.type), set[str]()
    while domain is not None and domain.name not in seen:
        seen.add(domain.name)
        default = column.default if column.default is not None else domain.default
        column = replace(column, null=column.null and domain.null, default=default)
        domain = domains.get(domain.type)
    return column
