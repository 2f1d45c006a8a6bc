"""SQLite."""

from __future__ import annotations

from kit_django.schema.dialects.base import Dialect, Options
from kit_django.schema.dialects.reading import Reading
from kit_django.schema.dialects.types import SQLiteTypes


class SQLite(Dialect):
    def table_tail(self, options: Options) -> str:
        words = [name.upper() for name in ("strict", "without rowid") if (name, "") in options]
        return ", ".join(words)


_READING = Reading(
    open_comments=True,
    string_prefixes="x",
    is_compares=True,
    symbols=("->>", "->", "||", "<<", ">>", "<=", ">=", "<>", "!=", "=="),
    parameters="?:@$",
    operators=(
        *("OR", "AND", "NOT"),
        "= == <> != IS IN LIKE GLOB MATCH REGEXP BETWEEN ISNULL NOTNULL",
        *("< <= > >=", "& | << >>", "+ -", "* / %", "|| -> ->>", "COLLATE", "-x"),
    ),
)
DIALECT = SQLITE = SQLite(
    reading=_READING,
    vendor="sqlite",
    name="SQLite",
    other_quotes=("`", "["),
    adds_constraints=False,
    reserved_prefix="sqlite_",
    types=SQLiteTypes(),
    takes_any_type=True,
    functions_may_write=False,
    unlimited_decimal="decimal",
    collates_texts_only=False,
    fills_defaults=True,
    statement_times=frozenset(f"strftime('%Y-%m-%d %H:%M:%f', '{now}')" for now in ("now", "NOW")),
    integer_key_is_rowid=True,
    merges_twin_uniques=True,
    rebuilds_tables=True,
    lives_in_a_file=True,
    bare_index_expressions=True,
    names_indexes_by_schema=True,
    shared_names=frozenset({"table", "index"}),
    renames=frozenset({"primary key", "unique", "check", "foreign key", "index"}),
)
