"""What a database says of itself through its own tool: the judge of what was kept and what was lost.

No line of the product's is asked. ``pg_dump``, ``mariadb-dump`` and SQLite's schema table and pragmas
say what there is; only order, blanks and what names the moment are taken out. SQLite keeps the words
of a CREATE TABLE as they were written, and any rebuild writes them anew: there the pragmas say what
the columns, keys and indexes are, and of the words those phrases are kept that no pragma tells.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

TOOLS = {"postgresql": ("pg_dump",), "mysql": ("mariadb-dump", "mysqldump")}
POSTGRESQL_OPTIONS = ["--schema-only", "--no-owner"]
MYSQL_OPTIONS = [
    "--no-data",
    "--routines",
    "--triggers",
    "--events",
    "--skip-comments",
    "--skip-lock-tables",
    "--compact",
]

Judge = Callable[["BaseDatabaseWrapper"], "Dump"]
Lines = tuple[str, ...]
Allowance = Callable[[str, Lines], Lines]
"""What a test lets differ: it is handed a part's name and lines, and says which are compared."""


@dataclass(frozen=True)
class Dump:
    """Each thing that there is, such as ``TABLE public posts``, and the lines that make it."""

    parts: Mapping[str, Lines]

    def lines(self) -> Counter[tuple[str, str]]:
        return Counter((name, line) for name, lines in self.parts.items() for line in lines)


def differences(one: Dump, other: Dump) -> list[str]:
    """What differs, line by line with ``-`` and ``+``, so that a failing test can be read."""
    return [
        line
        for name in sorted({*one.parts, *other.parts})
        for line in _differences(name, one.parts.get(name, ()), other.parts.get(name, ()))
    ]


def _differences(name: str, old: Lines, new: Lines) -> Iterator[str]:
    if old == new:
        return
    gone, come = Counter(old) - Counter(new), Counter(new) - Counter(old)
    yield from (f"{name}: - {line}" for line in gone.elements())
    yield from (f"{name}: + {line}" for line in come.elements())
    if not gone and not come:
        yield f"{name}: the order of {old} is {new}"


def nothing(_part: str, lines: Lines) -> Lines:
    """The allowance that allows nothing: each line is as it was, and where it was."""
    return lines


def columns_in_any_order(_part: str, lines: Lines) -> Lines:
    """A column that was dropped and is made again is the last one: no database puts it between.

    PostgreSQL 18 names its NOT NULL after what the column is called just then.
    """
    return tuple(sorted(_OWN_NOT_NULL.sub("NOT NULL", line) for line in lines))


def indexes_in_any_order(_part: str, lines: Lines) -> Lines:
    """MariaDB lists indexes as they were made: one that was dropped and is made again is the last."""
    is_index = re.compile(r"(UNIQUE |FULLTEXT )?KEY ").match
    indexes = sorted(filter(is_index, lines))
    return tuple(indexes.pop(0) if is_index(line) else line for line in lines)


def assert_same(found: Dump, expected: Dump, allowed: Allowance = nothing) -> None:
    """Two dumps are one, but for what is allowed by name."""
    differing = differences(_allowing(expected, allowed), _allowing(found, allowed))
    assert not differing, "\n".join(["the dump is another one:", *differing])


def _allowing(dump: Dump, allowed: Allowance) -> Dump:
    parts = {name: allowed(name, lines) for name, lines in dump.parts.items()}
    return Dump({name: lines for name, lines in parts.items() if lines})


def dump_of(connection: BaseDatabaseWrapper) -> Dump:
    """The dump of a connection's database. Raises FileNotFoundError where there is no tool for it."""
    read = {"sqlite": _of_sqlite, "postgresql": _of_postgresql, "mysql": _of_mysql}
    parts: dict[str, Lines] = {}
    for name, lines in read[connection.vendor](connection):
        parts[name] = parts.get(name, ()) + lines
    return Dump(parts)


def tool(vendor: str) -> str:
    """The path of the program that dumps a database. Raises FileNotFoundError."""
    for name in TOOLS[vendor]:
        if found := shutil.which(name):
            return found
    raise FileNotFoundError(
        f"{' or '.join(TOOLS[vendor])}, which judges the tests, is not installed."
    )


def _run_tool(connection: BaseDatabaseWrapper, options: list[str]) -> str:
    arguments, environment = connection.client.settings_to_cmd_args_env(
        connection.settings_dict, []
    )
    done = subprocess.run(
        [tool(connection.vendor), *options, *arguments[1:]],
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    if "server version mismatch" in done.stderr:
        raise FileNotFoundError(
            f"pg_dump is older than the server: {' '.join(done.stderr.split())}"
        )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _tidy(text: str) -> Lines:
    """The lines without what stands around them, and the comma that goes with a place."""
    lines = (line.strip().removesuffix(",") for line in text.splitlines())
    return tuple(line for line in lines if line)


# PostgreSQL: a heading before each thing

_OWN_NOT_NULL = re.compile(r"CONSTRAINT \w+_not_null NOT NULL")
_HEADING = re.compile(
    r"^--\n-- Name: (.*); Type: (.*); Schema: (.*); Owner: .*\n--\n", re.MULTILINE
)
_OF_THE_SESSION = re.compile(
    r"^(SET .*;|SELECT pg_catalog\.set_config.*;|\\(un)?restrict .*|--.*)$"
)


def _of_postgresql(connection: BaseDatabaseWrapper) -> Iterator[tuple[str, Lines]]:
    _, *found = _HEADING.split(_run_tool(connection, POSTGRESQL_OPTIONS))
    for position in range(0, len(found), 4):
        name, kind, schema, text = found[position : position + 4]
        lines = (line for line in _tidy(text) if not _OF_THE_SESSION.fullmatch(line))
        yield f"{kind} {schema} {name}", tuple(lines)


# MariaDB: one statement after the other

_STATEMENT = re.compile(r";;?\n(?:DELIMITER ;\n)?")
_OF_THE_MOMENT = re.compile(
    r"( AUTO_INCREMENT=\d+(?= ))|/\*!\d+ |\*/|DEFINER=`[^`]*`@`[^`]*`|DELIMITER ;+"
)
_MADE = re.compile(
    r"CREATE\s.*?(TABLE|VIEW|TRIGGER|SEQUENCE|FUNCTION|PROCEDURE|EVENT)\s+((?:`[^`]*`)+|\S+)",
    re.DOTALL,
)


def _of_mysql(connection: BaseDatabaseWrapper) -> Iterator[tuple[str, Lines]]:
    text = _run_tool(connection, MYSQL_OPTIONS)
    own_name = f"`{connection.settings_dict['NAME']}`."
    for statement in _STATEMENT.split(text.replace(own_name, "")):
        lines = _tidy(_OF_THE_MOMENT.sub("", statement))
        made = _MADE.search("\n".join(lines))
        if made:
            yield f"{made[1]} {made[2]}", lines


# SQLite: its own table of what there is, and what its pragmas say

_TOKEN = re.compile(
    r"""--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|\d+\.\d+|\w+|\|\||[<>=!]+|\S""",
    re.DOTALL,
)
_COMMENT = re.compile(r"--.*|/\*.*", re.DOTALL)
_NAME = re.compile(r"\"(?:[^\"]|\"\")*\"|`(?:[^`]|``)*`|\[[^\]]*\]")
# A rowid is never null, whether its column says so or not; a key that is not named is the primary one.
_COLUMNS = """
    SELECT name, type, dflt_value, pk, hidden, "notnull" OR (
        pk AND upper(type) = 'INTEGER' AND (SELECT sum(pk) FROM pragma_table_xinfo(%s)) = 1
    ) FROM pragma_table_xinfo(%s)
"""
_FOREIGN_KEYS = """
    SELECT group_concat(k."from"), k."table", group_concat(coalesce(k."to", (
        SELECT name FROM pragma_table_info(k."table") WHERE pk = k.seq + 1
    ))), k.on_update, k.on_delete, k.match FROM pragma_foreign_key_list(%s) k GROUP BY k.id
"""
_OPTIONS = "SELECT type, wr, strict FROM pragma_table_list(%s) WHERE schema = 'main'"
_INDEXES = """
    SELECT CASE WHEN i.origin = 'c' THEN i.name END, i."unique", i.origin, i.partial,
        (SELECT group_concat(concat) FROM (
            SELECT coalesce(x.name, '(' || x.cid || ')') || ' ' || x."desc" || ' ' || upper(x.coll) AS concat
            FROM pragma_index_xinfo(i.name) x WHERE x.key ORDER BY x.seqno))
    FROM pragma_index_list(%s) i
"""

_PRAGMAS = {"foreign key": _FOREIGN_KEYS, "options": _OPTIONS, "index": _INDEXES}
_VALUE = re.compile(r"'|[\d.]|(null|true|false|current_\w+)$")


def _of_sqlite(connection: BaseDatabaseWrapper) -> Iterator[tuple[str, Lines]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%%'")
        for kind, name, sql in cursor.fetchall():
            words = [
                plain(token) for token in _TOKEN.findall(sql or "") if not _COMMENT.match(token)
            ]
            if kind == "table":
                yield f"table {name}", (*_facts(cursor, name), *sorted(_phrases(words)))
            else:
                yield f"{kind} {name}", (" ".join(words),)


def plain(token: str) -> str:
    """A word that means the same in capitals, in quotes or bare, is one word."""
    if _NAME.fullmatch(token):
        return token[1:-1].replace(token[-1] * 2, token[-1]).lower()
    return token if token.startswith("'") else token.lower()


def _facts(cursor: Any, table: str) -> Iterator[str]:
    cursor.execute(_COLUMNS, [table, table])
    for name, kind, default, *more in cursor.fetchall():
        yield f"column {name} {kind} {_default(default)} {more}"
    for what, query in _PRAGMAS.items():
        cursor.execute(query, [table])
        yield from sorted(f"{what} {row}" for row in cursor.fetchall())


def _default(text: str | None) -> str | None:
    """To SQLite a single name is a text, in whatever quotes or in none; NULL is no default."""
    words = [plain(token) for token in _TOKEN.findall(text or "")]
    if text and len(words) == 1 and not _VALUE.match(words[0]):
        return f"'{words[0]}'"
    return None if words in ([], ["null"]) else " ".join(words)


def _phrases(words: list[str]) -> Iterator[str]:
    """What of a CREATE TABLE no pragma tells: conditions, collations, conflicts, names, numbering."""
    for position, word in enumerate(words):
        before, after = words[position - 1], words[position + 1 : position + 4]
        if word in ("check", "as") and after[:1] == ["("]:
            yield f"{word} {' '.join(_bare(list(_in_brackets(words[position + 1 :]))))}"
        elif word in ("collate", "constraint", "conflict"):
            yield f"{word} {after[0]}"
        elif word == "deferrable":
            yield " ".join([*(["not"] if before == "not" else []), word, *_initially(after)])
        elif word == "autoincrement":
            yield word


def _initially(words: list[str]) -> list[str]:
    return words[:2] if words[:1] == ["initially"] else []


def _bare(words: list[str]) -> list[str]:
    """Without the brackets around all of it; those within are grouping, and stay."""
    while words[:1] == ["("] and len(list(_in_brackets(words))) == len(words):
        words = words[1:-1]
    return words


def _in_brackets(words: list[str]) -> Iterator[str]:
    depth = 0
    for word in words:
        depth += (word == "(") - (word == ")")
        yield word
        if depth == 0:
            return
