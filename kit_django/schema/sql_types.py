"""A database's words for a type, taken apart, and whether two of them mean the same."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from django.db.backends.base.base import BaseDatabaseWrapper

_TYPE = re.compile(
    r"""
    (?P<head>[^("\[]*|"(?:[^"]|"")*"(?:\."(?:[^"]|"")*")?)
    (?:\((?P<arguments>(?:'(?:[^'\\]|''|\\.)*'|[^')])*)\))?
    (?P<tail>[^\[(]*)
    (?P<array>(?:\[\d*\])*)
    """,
    re.VERBOSE | re.DOTALL,
)
_STRING = re.compile(r"'((?:[^'\\]|''|\\.)*)'", re.DOTALL)

POSTGRESQL_ALIASES = {
    "bool": "boolean",
    "decimal": "numeric",
    "float4": "real",
    "float8": "double precision",
    "int": "integer",
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "char": "character",
    "time": "time without time zone",
    "timestamp": "timestamp without time zone",
    "timestamptz": "timestamp with time zone",
    "timetz": "time with time zone",
    "varbit": "bit varying",
    "varchar": "character varying",
}
MYSQL_ALIASES = {
    "bool": "tinyint",
    "boolean": "tinyint",
    "character": "char",
    "character varying": "varchar",
    "dec": "decimal",
    "double precision": "double",
    "fixed": "decimal",
    "integer": "int",
    "numeric": "decimal",
    "real": "double",
}
MYSQL_OPTIONS = ("unsigned", "zerofill")
MYSQL_INTEGERS = {"tinyint", "smallint", "mediumint", "int", "bigint", "year"}
MYSQL_TEXTS = {"char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set"}
SQLITE_LENGTHS = ("CHAR", "TEXT", "CLOB")


@dataclass(frozen=True, slots=True)
class SqlType:
    """``numeric(8,2)[]`` is the name ``numeric``, the arguments ``8`` and ``2``, one dimension.

    ``name`` is in lower case, and holds the words on both sides of the arguments.
    """

    name: str
    arguments: tuple[str, ...] = ()
    dimensions: int = 0

    @classmethod
    def parse(cls, text: str) -> SqlType:
        match = _TYPE.fullmatch(text.strip())
        if match is None:
            return cls(text.strip())
        head, tail = match["head"].strip(), match["tail"].strip()
        name = head if head.startswith('"') else f"{head} {tail}".strip().lower()
        return cls(
            re.sub(r"\s+", " ", name),
            _arguments(match["arguments"]),
            match["array"].count("["),
        )

    @property
    def numbers(self) -> tuple[int, ...]:
        """The arguments, where all of them are whole numbers."""
        if all(argument.lstrip("-").isdigit() for argument in self.arguments):
            return tuple(map(int, self.arguments))
        return ()

    @property
    def length(self) -> int | None:
        return self.numbers[0] if len(self.numbers) == 1 else None


def _arguments(text: str | None) -> tuple[str, ...]:
    if not text:
        return ()
    if "'" in text:
        return tuple(_unescaped(label) for label in _STRING.findall(text))
    return tuple(part.strip() for part in text.split(","))


def _unescaped(label: str) -> str:
    return re.sub(r"\\(.)", r"\1", label.replace("''", "'"), flags=re.DOTALL)


def same_type(connection: BaseDatabaseWrapper, one: str, other: str) -> bool:
    """Whether the database makes the same column of both."""
    if getattr(connection, "mysql_is_mariadb", False):
        one, other = (re.sub(r"^json$", "longtext", each) for each in (one, other))
    return normalized(connection.vendor, one) == normalized(connection.vendor, other)


def reported(vendor: str, parsed: SqlType) -> SqlType:
    """The type under the name by which the database reports it, whatever it was called."""
    if vendor == "postgresql":
        return replace(parsed, name=POSTGRESQL_ALIASES.get(parsed.name, parsed.name))
    if vendor != "mysql":
        return parsed
    words = parsed.name.split(" ")
    options = [word for word in words if word in MYSQL_OPTIONS]
    given = " ".join(word for word in words if word not in MYSQL_OPTIONS)
    arguments = ("1",) if given in ("bool", "boolean") else parsed.arguments
    return SqlType(" ".join([MYSQL_ALIASES.get(given, given), *options]), arguments)


def written(vendor: str, text: str) -> str:
    """The type as a person writes it: without the display widths that mean nothing."""
    parsed = SqlType.parse(text)
    words = parsed.name.split(" ")
    if vendor != "mysql" or words[0] not in MYSQL_INTEGERS or "zerofill" in words:
        return text
    return text if parsed == SqlType("tinyint", ("1",)) else parsed.name


def normalized(vendor: str, text: str) -> object:
    """A value that is equal for two spellings of one type."""
    parsed = SqlType.parse(text)
    if vendor == "sqlite":
        return _normalized_sqlite(text, parsed)
    if vendor == "mysql":
        return _normalized_mysql(parsed)
    if vendor == "postgresql":
        return _normalized_postgresql(parsed)
    return parsed


def _normalized_postgresql(parsed: SqlType) -> SqlType:
    name, arguments = reported("postgresql", parsed).name, parsed.arguments
    if name == "character" and not arguments:
        arguments = ("1",)
    if name == "numeric" and len(arguments) == 1:
        arguments = (*arguments, "0")
    return SqlType(name, arguments, min(parsed.dimensions, 1))


def _normalized_mysql(parsed: SqlType) -> SqlType:
    """Display widths mean nothing but for ``tinyint(1)``, by which clients tell a boolean."""
    found = reported("mysql", parsed)
    words, arguments = found.name.split(" "), found.arguments
    options = [word for word in words if word in MYSQL_OPTIONS]
    name = " ".join(word for word in words if word not in MYSQL_OPTIONS)
    if name in MYSQL_INTEGERS and "zerofill" not in options:
        arguments = ("1",) if found == SqlType("tinyint", ("1",)) else ()
    if name == "decimal":
        precision, scale = (*arguments, "10", "0")[:2] if len(arguments) != 1 else (*arguments, "0")
        arguments = (precision, scale)
    if name in ("char", "binary", "bit") and not arguments:
        arguments = ("1",)
    return SqlType(" ".join([name, *options]), arguments)


def _normalized_sqlite(text: str, parsed: SqlType) -> object:
    """SQLite enforces an affinity alone; a text's length is kept as what the model is told."""
    is_text = any(word in text.upper() for word in SQLITE_LENGTHS)
    return affinity(text), parsed.length if is_text else None


def affinity(declared: str) -> str:
    """SQLite's rules, in SQLite's order."""
    upper = declared.upper()
    if "INT" in upper:
        return "INTEGER"
    if any(word in upper for word in SQLITE_LENGTHS):
        return "TEXT"
    if "BLOB" in upper or not upper.strip():
        return "BLOB"
    if any(word in upper for word in ("REAL", "FLOA", "DOUB")):
        return "REAL"
    return "NUMERIC"
