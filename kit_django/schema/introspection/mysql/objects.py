"""What MariaDB and MySQL keep as text: views, triggers, routines, events, and tables themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.schema.dialects import dialect_of
from kit_django.schema.dialects.base import Dialect
from kit_django.schema.facts import Object, Settings, Surroundings
from kit_django.schema.introspection.mysql.escapes import without_database
from kit_django.schema.introspection.rows import Row, fetch
from kit_django.schema.sql.tokens import Token, tokenize

_NAMES = """
    SELECT lower(table_type) AS kind, table_name AS name, 0 AS place
    FROM information_schema.tables
    WHERE table_schema = DATABASE() AND table_type IN ('BASE TABLE', 'SYSTEM VERSIONED', 'VIEW')
    UNION ALL SELECT 'trigger', trigger_name, action_order
    FROM information_schema.triggers WHERE trigger_schema = DATABASE()
    UNION ALL SELECT lower(routine_type), routine_name, 0
    FROM information_schema.routines
    WHERE routine_schema = DATABASE() AND routine_type IN ('FUNCTION', 'PROCEDURE')
    UNION ALL SELECT 'event', event_name, 0
    FROM information_schema.events WHERE event_schema = DATABASE()
    ORDER BY 1, 3, 2
"""
_OTHERS = """
    SELECT lower(routine_type) AS kind, routine_name AS name FROM information_schema.routines
    WHERE routine_schema = DATABASE() AND routine_type NOT IN ('FUNCTION', 'PROCEDURE')
"""
# The server tells no columns of those.
_BROKEN = """
    SELECT table_name AS name FROM information_schema.tables
    WHERE table_schema = DATABASE() AND table_type = 'VIEW' AND table_name NOT IN (
        SELECT table_name FROM information_schema.columns WHERE table_schema = DATABASE())
"""
# MariaDB's own SHOW CREATE TABLE does not tell those.
_REFERENCES = """
    SELECT g_table_name AS name, g_geometry_column AS geometry, srid
    FROM information_schema.geometry_columns WHERE g_table_schema = DATABASE() AND srid <> 0
"""
_OWN = "SELECT @@character_set_database AS charset, @@collation_database AS collation"
_SESSION = """
    SELECT @@sql_mode AS sql_mode, @@character_set_client AS charset,
        @@collation_connection AS collation, @@time_zone AS zone
"""
# The columns of what SHOW CREATE answers: the text, the mode, the character set, the collation.
_ANSWERS = {
    "table": (1, None, None, None),
    "view": (1, None, 2, 3),
    "trigger": (2, 1, 3, 4),
    "function": (2, 1, 3, 4),
    "procedure": (2, 1, 3, 4),
    "event": (3, 1, 4, 5),
}
ZONE = 2
"""Where the answer says by which clock an event goes."""
_KINDS = {"base table": "table", "system versioned": "table"}


def surroundings(connection: BaseDatabaseWrapper) -> Surroundings:
    """The statements of all that the connection's database holds, in its own words."""
    (own,) = fetch(connection, _OWN)
    database = (("CHARSET", own.charset), ("COLLATION", own.collation))
    return Surroundings(objects=tuple(_objects(connection)), database=database)


def unsaid(connection: BaseDatabaseWrapper, around: Surroundings) -> tuple[str, ...]:
    """What there is no statement for, or one that may not be seen."""
    seen = {(each.kind, each.name) for each in around.objects}
    named = {(_KINDS.get(row.kind, row.kind), row.name) for row in fetch(connection, _NAMES)}
    others = {(row.kind, row.name) for row in fetch(connection, _OTHERS)}
    others |= {("view, which is broken:", row.name) for row in fetch(connection, _BROKEN)}
    if connection.mysql_is_mariadb:  # type: ignore[attr-defined]
        others |= {
            (f"reference system {row.srid} of", f"{row.name}.{row.geometry}")
            for row in fetch(connection, _REFERENCES)
        }
    return tuple(sorted(f"{kind} {name}" for kind, name in (named - seen) | others))


def _objects(connection: BaseDatabaseWrapper) -> Iterator[Object]:
    dialect = dialect_of(connection)
    (session,) = fetch(connection, _SESSION)
    for row in fetch(connection, _NAMES):
        kind = _KINDS.get(row.kind, row.kind)
        name = dialect.quote_name(row.name)
        with connection.cursor() as cursor:
            cursor.execute(f"SHOW CREATE {kind.upper()} {name}", None)
            answer = cursor.fetchone()
        text, mode, charset, collation = (
            None if place is None else answer[place] for place in _ANSWERS[kind]
        )
        if text is not None:  # which it is to those who may not see it
            sql = _plain(text, kind, dialect)
            if kind in ("table", "view"):
                database, dots = str(connection.settings_dict["NAME"]), 1 if kind == "table" else 2
                sql = without_database(sql, database, dots, dialect)
            settings = {"sql_mode": mode, "character_set_client": charset}
            settings["collation_connection"] = collation
            settings["time_zone"] = answer[ZONE] if kind == "event" else None
            drop = f"DROP {kind.upper()} {name}"
            yield Object(kind, row.name, sql, drop, session=_set(settings, session, sql, dialect))


def _plain(text: str, kind: str, dialect: Dialect) -> str:
    """Without the number of the next row, and without the definer: an account of one server, as an
    owner is elsewhere, without which it belongs to whoever makes it."""
    tokens = tokenize(text, dialect)
    if kind == "table":
        return _without_number(text, tokens)
    definer = next((at for at, token in enumerate(tokens) if token.is_word("DEFINER")), None)
    if definer is None:
        return text
    host = tokens[definer + 4]
    return text[: tokens[definer].start] + text[host.end :].lstrip()


def _without_number(text: str, tokens: Sequence[Token]) -> str:
    """A table's options stand behind its parenthesis, and the number of its next row is one."""
    depth = 0
    for place, token in enumerate(tokens):
        depth += token.nesting
        if depth == 0 and token.is_word("AUTO_INCREMENT") and tokens[place + 1].is_symbol("="):
            return text[: token.start].rstrip() + text[tokens[place + 2].end :]
    return text


def _set(settings: dict[str, str | None], session: Row, sql: str, dialect: Dialect) -> Settings:
    """What SET has to be told where the text was written under other settings than there are.

    A character set in which the driver's text would be another one is not set.
    """
    now = {
        "sql_mode": session.sql_mode,
        "character_set_client": session.charset,
        "collation_connection": session.collation,
        "time_zone": session.zone,
    }
    if not sql.isascii() and not (settings["character_set_client"] or "").startswith("utf8"):
        settings = {**settings, "character_set_client": None}
    return tuple(
        (name, dialect.quote_literal(value))
        for name, value in settings.items()
        if value is not None and value != now[name]
    )
