"""PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from math import isfinite
from typing import Any

from kit_django.schema.dialects.base import Dialect, Options
from kit_django.schema.dialects.reading import Reading
from kit_django.schema.dialects.types import PostgreSQLTypes

_OF_TABLES = {
    *("unlogged", "row level security", "force row level security", "access method"),
    *("tablespace", "of type", "partition key", "partition bound", "server"),
    *("partition of", "inherits"),
}
_WHOLE_SESSION = (
    ("check_function_bodies", "off"),  # a body may name what is made behind it
    ("datestyle", "'ISO, YMD'"),
    ("intervalstyle", "postgres"),
    ("timezone", "'UTC'"),
    ("bytea_output", "hex"),
    ("standard_conforming_strings", "on"),
    ("row_security", "off"),  # rows that may not be read are an error, and not left out
)
_OF_INDEXES = {"clustered", "replica identity", "tablespace"}


class PostgreSQL(Dialect):
    def literal(self, value: Any) -> str | None:
        """``nan`` alone is the name of a column."""
        if isinstance(value, float | Decimal) and not isfinite(value):
            kind = "numeric" if isinstance(value, Decimal) else "double precision"
            return f"'{value}'::{kind}"
        return super().literal(value)

    def table_head(self, options: Options) -> str:
        return "UNLOGGED" if ("unlogged", "") in options else ""

    def table_tail(self, options: Options) -> str:
        return " ".join(self._table_tail(options))

    def _table_tail(self, options: Options) -> Iterator[str]:
        found = dict(options)
        parents = ", ".join(value for name, value in options if name == "inherits")
        if parents:
            yield f"INHERITS ({parents})"
        if "partition of" in found:
            yield found["partition bound"]
        if "partition key" in found:
            yield f"PARTITION BY {found['partition key']}"
        if "access method" in found:
            yield f"USING {self.quote_name(found['access method'])}"
        if "server" in found:
            yield f"SERVER {self.quote_name(found['server'])}"
            yield from self._foreign_options(options)
        else:
            yield from _parameters(options, _OF_TABLES)
        if "tablespace" in found:
            yield f"TABLESPACE {self.quote_name(found['tablespace'])}"

    def _foreign_options(self, options: Options) -> Iterator[str]:
        said = ", ".join(
            f"{self.quote_name(name)} {self.quote_literal(value)}"
            for name, value in options
            if name not in _OF_TABLES
        )
        if said:
            yield f"OPTIONS ({said})"

    def index_tail(self, options: Options) -> Iterator[str]:
        yield from _parameters(options, _OF_INDEXES)
        if "tablespace" in dict(options):
            yield f"TABLESPACE {self.quote_name(dict(options)['tablespace'])}"


def _parameters(options: Options, flags: set[str]) -> Iterator[str]:
    parameters = ", ".join(
        f"{name} = {value}"
        for name, value in options
        if name not in flags and not name.startswith("opclass options")
    )
    if parameters:
        yield f"WITH ({parameters})"


_READING = Reading(
    nested_comments=True,
    unicode_escapes=True,
    own_operators=True,
    symbols=("::", ":=", "=>", ".."),
    parameters="$",
    operators=(
        *("OR", "AND", "NOT", "IS ISNULL NOTNULL", "= < > <= >= <> !="),
        *("BETWEEN IN LIKE ILIKE SIMILAR", "own", "+ -", "* / %", "^", "AT", "COLLATE", "-x"),
    ),
    casts=True,
)
DIALECT = POSTGRESQL = PostgreSQL(
    whole_session=_WHOLE_SESSION,
    reading=_READING,
    vendor="postgresql",
    name="PostgreSQL",
    escape_strings=True,
    dollar_strings=True,
    longest_name_in_bytes=63,
    names_know_case=True,
    has_schemas=True,
    types=PostgreSQLTypes(),
    pads_texts=True,
    has_booleans=True,
    hex_bytes=False,
    enums="type",
    own_types=(("mac_address", "macaddr"), ("vector", "vector"), ("year", "smallint")),
    queries_dollar_names=False,
    has_identity=True,
    numbers_by_key=False,
    naive_time="timestamp without time zone",
    statement_times=frozenset({"statement_timestamp()"}),
    transaction_times=frozenset({"now()", "current_timestamp", "transaction_timestamp()"}),
    random_uuids=frozenset({"gen_random_uuid()"}),
    empty_bytes="\\x",
    empty_containers=True,
    has_access_methods=True,
    orders_nulls=True,
    renames=frozenset({"primary key", "unique", "check", "foreign key", "exclusion", "index"}),
    shared_names=frozenset({"table", "primary key", "unique", "exclusion", "index"}),
    objects=frozenset(
        {
            *("functions", "procedures"),
            *("composite types", "domains", "extensions", "schemas", "sequences"),
            *("types of their own", "exclusion constraints"),
            "constraints that are not valid for old rows",
        }
    ),
    alters_past_pending_checks=False,
    has_materialized_views=True,
    right_to_make_databases="CREATEDB",
    bare_defaults=True,
    switch_of_keys=("SET CONSTRAINTS ALL DEFERRED", "SET CONSTRAINTS ALL IMMEDIATE"),
    has_deferred_keys=True,
    names_triggers_by_table=True,
    index_method="before",
)
