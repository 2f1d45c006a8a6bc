"""MariaDB and MySQL, which are one to Django."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.dialects.base import Dialect, Options
from kit_django.schema.dialects.reading import Reading
from kit_django.schema.dialects.types import MariaDBTypes, MySQLTypes

VECTORS_SINCE = (11, 7)
_PARTITIONS = ("partition key", "subpartition key")


class MySQL(Dialect):
    def on(self, connection: BaseDatabaseWrapper) -> Dialect:
        dialect = MARIADB if getattr(connection, "mysql_is_mariadb", False) else MYSQL
        if dialect is MARIADB and connection.mysql_version >= VECTORS_SINCE:  # type: ignore[attr-defined]
            dialect = replace(dialect, own_types=(*dialect.own_types, ("vector", "vector")))
        sql_mode = getattr(connection, "sql_mode", ())
        if "NO_BACKSLASH_ESCAPES" in sql_mode:
            dialect = replace(dialect, backslash_escapes=False)
        if "PIPES_AS_CONCAT" in sql_mode:
            operators = tuple(each.replace("OR ||", "OR") for each in dialect.reading.operators)
            dialect = replace(dialect, reading=replace(dialect.reading, operators=operators))
        if "ANSI_QUOTES" in sql_mode:
            reading = replace(dialect.reading, double_quoted_strings=False)
            dialect = replace(dialect, other_quotes=('"',), reading=reading)
        return dialect

    def literal(self, value: Any) -> str | None:
        """Times that span more than a day, and lists, are spelled otherwise by each driver."""
        match value:
            case timedelta():
                seconds = abs(value) // timedelta(seconds=1)
                sign = "-" if value < timedelta(0) else ""
                clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
                return self.quote_literal(f"{sign}{clock}.{abs(value).microseconds:06}")
            case list() | tuple():
                written = [self.literal(each) for each in value]
                return None if None in written else f"({', '.join(filter(None, written))})"
        return super().literal(value)

    def table_tail(self, options: Options) -> str:
        return " ".join((*_table_options(options), *self._partitions(options)))

    def enter_session(self, settings: Options) -> str:
        kept = [f"@kit_{name} = @@{name}" for name, _ in settings]
        return f"SET {', '.join([*kept, *(f'{name} = {value}' for name, value in settings)])}"

    def leave_session(self, settings: Options) -> str:
        return f"SET {', '.join(f'{name} = @kit_{name}' for name, _ in settings)}"

    def _partitions(self, options: Options) -> Iterator[str]:
        """The method tells which bound a partition has: RANGE, LIST, or none."""
        found = dict(options)
        if "partition key" not in found:
            return
        key = found["partition key"]
        yield f"PARTITION BY {key}"
        if "subpartition key" in found:
            yield f"SUBPARTITION BY {found['subpartition key']}"
        parts = ", ".join(
            f"PARTITION {self.quote_name(name.removeprefix('partition '))}{_bound(key, text)}"
            for name, text in options
            if name.startswith("partition ") and name not in _PARTITIONS
        )
        yield f"({parts})"


def _table_options(options: Options) -> Iterator[str]:
    for name, value in options:
        match name:
            case "system versioning":
                yield "WITH SYSTEM VERSIONING"
            case "engine" | "collation":
                yield f"{'ENGINE' if name == 'engine' else 'COLLATE'}={value}"
            case _ if not name.startswith(("partition ", "subpartition ")):
                yield f"{name}={value}" if value else name


def _bound(key: str, text: str) -> str:
    if key.startswith("RANGE"):
        bound = text if text == "MAXVALUE" else f"({text})"
        return f" VALUES LESS THAN {bound}"
    return f" VALUES IN ({text})" if key.startswith("LIST") else ""


_READING = Reading(
    folds_all_letters=True,
    double_quoted_strings=True,
    digit_names=True,
    hash_comments=True,
    spaced_dashes=True,
    code_comments=True,
    charset_strings=True,
    intervals=True,
    quoted_functions=False,
    symbols=("<=>", "->>", "->", "<<", ">>", "<=", ">=", "<>", "!=", "&&", "||", ":="),
    parameters="?@",
    operators=(
        *("OR ||", "XOR", "AND &&", "NOT"),
        "= <=> >= > <= < <> != IS LIKE REGEXP RLIKE IN BETWEEN SOUNDS MEMBER",
        *("|", "&", "<< >>", "+ -", "* / DIV % MOD", "^", "-x", "COLLATE", "-> ->>"),
    ),
)
_WHOLE_SESSION = (
    ("sql_mode", "'NO_AUTO_VALUE_ON_ZERO'"),
    ("character_set_client", "utf8mb4"),
    ("collation_connection", "utf8mb4_general_ci"),
    ("time_zone", "'+00:00'"),
    ("foreign_key_checks", "0"),
)
DIALECT = MYSQL = MySQL(
    whole_session=_WHOLE_SESSION,
    reading=_READING,
    vendor="mysql",
    name="MySQL",
    products=("MariaDB", "MySQL"),
    quote="`",
    backslash_escapes=True,
    longest_name=64,
    strips_names=True,
    basic_names=True,
    keeps_key_names=False,
    types=MySQLTypes(),
    times_are_spans=True,
    enums="column",
    own_types=(("mac_address", "varchar(17)"), ("set", "set"), ("year", "year")),
    types_imply_checks=False,
    unlimited_decimal="numeric(65, 30)",
    casts_to_column_types=False,
    longest_unique_text=255,
    numbering_word="AUTO_INCREMENT",
    has_on_update=True,
    zero_date="0000-00-00",
    fills_defaults=True,
    defaults_take_columns=True,
    statement_times=frozenset({"current_timestamp(6)", "now(6)"}),
    time_functions=frozenset({"CURRENT_TIMESTAMP", "NOW"}),
    empty_bytes="",
    uniques_are_indexes=True,
    renames=frozenset({"unique", "foreign key", "index"}),
    shared_names=frozenset({"foreign key"}),
    lists_shared_names=True,
    has_set_default=False,
    index_methods=frozenset({"btree", "hash", "fulltext", "spatial"}),
    has_index_prefixes=True,
    has_index_comments=True,
    indexes_foreign_keys=True,
    numbering_needs_index=True,
    keys_lead_to_indexes=True,
    keys_need_one_collation=True,
    has_table_options=True,
    engine_of_keys="InnoDB",
    switch_of_keys=("SET foreign_key_checks = 0", "SET foreign_key_checks = 1"),
    restrict_is_no_action=True,
    right_to_make_databases="CREATE and DROP, and all others on `kit_verify_%`.*",
    inline_comments=True,
    silence_is_no_action=False,
    generated_not_null=False,
    ignored="INVISIBLE",
    index_method="behind",
    objects=frozenset({"functions", "procedures"}),
)
MARIADB = replace(
    MYSQL,
    name="MariaDB",
    ignored="IGNORED",
    srid="REF_SYSTEM_ID =",
    types=MariaDBTypes(),
    json_is_text=True,
    generated_may_refuse_null=False,
    objects=frozenset({"functions", "procedures", "sequences"}),
)
