"""Views with all that makes them, and the bodies of triggers, routines and events, of whole databases.

A view of another database may read a table too; whoever may not see a view's query gets none.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.dialects.mysql import MYSQL
from kit_django.schema.introspection.rows import Row, fetch
from kit_django.schema.sql.tokens import pieces, tokenize

_VIEWS = """
    SELECT table_schema AS db, table_name AS name, view_definition AS query, definer,
        check_option, security_type AS security
    FROM information_schema.views
    WHERE table_schema NOT IN ('sys', 'mysql', 'information_schema', 'performance_schema')
        AND instr(view_definition, %s) > 0
    ORDER BY table_schema = DATABASE() DESC, table_schema, table_name
"""
_CODE = """
    SELECT 'trigger' AS kind, trigger_name AS name, event_object_table AS tbl,
        action_statement AS body
    FROM information_schema.triggers WHERE trigger_schema = DATABASE()
    UNION ALL SELECT lower(routine_type), routine_name, '', routine_definition
    FROM information_schema.routines WHERE routine_schema = DATABASE()
    UNION ALL SELECT 'event', event_name, '', event_definition
    FROM information_schema.events WHERE event_schema = DATABASE()
"""


_TAKERS = """
    SELECT table_name AS tbl, column_name AS name FROM information_schema.columns
    WHERE table_schema = DATABASE() AND instr(column_default, %s) > 0
"""


@dataclass(frozen=True, slots=True)
class StoredView:
    """``head`` and ``tail`` are what stands before VIEW and behind the query."""

    database: str
    name: str
    sql: str
    head: str
    tail: str

    @property
    def key(self) -> tuple[str, str]:
        return (self.database, self.name)


@dataclass(frozen=True, slots=True)
class Code:
    """``table`` is whose trigger it is."""

    kind: str
    name: str
    table: str
    sql: str


def read_views(connection: BaseDatabaseWrapper, text: str) -> list[StoredView]:
    """The views whose query has the text in it."""
    return [_view(connection, row) for row in fetch(connection, _VIEWS, [text])]


def _view(connection: BaseDatabaseWrapper, row: Row) -> StoredView:
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW CREATE VIEW {MYSQL.quote_qualified(row.name, row.db)}", None)
        shown = cursor.fetchone()[1]
    query = _with_charsets(row.query, shown)
    return StoredView(row.db, row.name, query, _head(row, shown), _tail(row))


def columns_that_take_from(connection: BaseDatabaseWrapper, sequence: str) -> list[tuple[str, str]]:
    """The tables and columns with a default of the sequence's next value."""
    name = MYSQL.quote_qualified(sequence, str(connection.settings_dict["NAME"]))
    return [(row.tbl, row.name) for row in fetch(connection, _TAKERS, [f"nextval({name})"])]


def read_code(connection: BaseDatabaseWrapper, table: str) -> list[Code]:
    """The triggers, routines and events whose body has the name of the table in it."""
    wanted = table.lower()
    return [
        Code(row.kind, row.name, row.tbl, row.body)
        for row in fetch(connection, _CODE)
        if row.body and wanted in row.body.lower()
    ]


def _with_charsets(query: str, shown: str) -> str:
    """The query with its texts as SHOW CREATE VIEW has them, which alone tells their character sets.

    That in turn leaves out names of databases, without which a column's table can be mistaken.
    """
    texts = [token.text for token in tokenize(shown, MYSQL) if token.kind == "string"]
    found = pieces(query, MYSQL)
    places = [place for place, token in enumerate(found) if token.kind == "string"]
    words = [token.text for token in found]
    for place, text in zip(places, texts, strict=True):
        words[place] = text
    return "".join(words)


def _head(row: Row, shown: str) -> str:
    tokens = tokenize(shown, MYSQL)
    place = next(at for at, token in enumerate(tokens) if token.is_word("ALGORITHM"))
    user, _, host = row.definer.rpartition("@")
    definer = [MYSQL.quote_name(each) for each in (user, host) if each]
    return (
        f"ALGORITHM={tokens[place + 2].text} DEFINER={'@'.join(definer)} "
        f"SQL SECURITY {row.security}"
    )


def _tail(row: Row) -> str:
    return "" if row.check_option == "NONE" else f" WITH {row.check_option} CHECK OPTION"
