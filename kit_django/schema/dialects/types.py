"""A database's words for a type, taken apart, and each database's own words for one type."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

_TYPE = re.compile(
    r"""
    (?P<head>[^("\[]*|"(?:[^"]|"")*"(?:\."(?:[^"]|"")*")?)
    (?:\((?P<arguments>(?:'(?:[^'\\]|''|\\.)*'|[^')])*)\))?
    (?P<tail>[^\[(]*)
    (?P<array>(?:\[\d*\])*)
    """,
    re.VERBOSE | re.DOTALL,
)
_DIMENSIONS = re.compile(r"(\[\d*\])+$")
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
POSTGRESQL_FAMILIES = {
    **dict.fromkeys(("smallint", "integer", "bigint", "numeric"), "number"),
    **dict.fromkeys(("real", "double precision"), "number"),
    **dict.fromkeys(("text", "character varying", "character", "name"), "text"),
    **dict.fromkeys(("date", "timestamp with time zone", "timestamp without time zone"), "time"),
    **{name: name for name in ("boolean", "bytea", "uuid", "inet", "interval")},
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
GROWING_INTEGERS = ("tinyint", "smallint", "mediumint", "integer", "int", "bigint")
ENDLESS_TEXTS = ("text", "longtext", "clob")
FIXED_TEXTS = ("char", "character")
TEXTS = ("varchar", "character varying", *FIXED_TEXTS, *ENDLESS_TEXTS)


@dataclass(frozen=True, slots=True)
class SqlType:
    """``numeric(8,2)[]`` is the name ``numeric``, the arguments ``8`` and ``2``, one dimension.

    ``name`` is in lower case, and holds the words on both sides of the arguments.
    """

    name: str
    arguments: tuple[str, ...] = ()
    dimensions: int = 0

    @classmethod
    @lru_cache(maxsize=1024)  # thousands of columns have a handful of types
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


def element_type(text: str) -> str:
    """What an array's type holds."""
    return _DIMENSIONS.sub("", text)


def _arguments(text: str | None) -> tuple[str, ...]:
    if not text:
        return ()
    if "'" in text:
        return tuple(_unescaped(label) for label in _STRING.findall(text))
    return tuple(part.strip() for part in text.split(","))


def _unescaped(label: str) -> str:
    return re.sub(r"\\(.)", r"\1", label.replace("''", "'"), flags=re.DOTALL)


@dataclass(frozen=True)
class Types:
    """What a database calls its types. As it stands, each type has one spelling."""

    def reported(self, parsed: SqlType) -> SqlType:
        """The type under the name by which the database reports it, whatever it was called."""
        return parsed

    def written(self, text: str) -> str:
        """The type as a person writes it: without the display widths that mean nothing."""
        return text

    def normalized(self, text: str) -> object:
        """A value that is equal for two spellings of one type."""
        return SqlType.parse(text)

    def stored(self, text: str) -> object:
        """A value that is equal for two types that hold the same values in the same way."""
        return self.normalized(text)

    def same(self, one: str, other: str) -> bool:
        """Whether the database makes the same column of both."""
        return self.normalized(one) == self.normalized(other)

    def keeps(self, old: str, new: str) -> bool:
        """Whether each value of the old type is the same in the new one, which has more room; False
        where that cannot be told."""
        one, other = (self.reported(SqlType.parse(each)) for each in (old, new))
        if one.dimensions or other.dimensions:
            return False
        if one.name in TEXTS and other.name in TEXTS:
            room = None if other.name in ENDLESS_TEXTS else other.length
            return room is None or (
                one.name not in ENDLESS_TEXTS and (one.length or room + 1) <= room
            )
        if one.name in GROWING_INTEGERS and other.name in GROWING_INTEGERS:
            return GROWING_INTEGERS.index(one.name) <= GROWING_INTEGERS.index(other.name)
        if one.name == other.name and len(one.numbers) == len(other.numbers) == 2:
            (digits, places), (room, fraction) = one.numbers, other.numbers
            return places <= fraction and digits - places <= room - fraction
        return False

    def family(self, text: str) -> str | None:
        """What types have in common that can be compared; None where only the database knows."""
        return None

    def can_refer(self, one: str, other: str) -> bool:
        """Whether a foreign key can lead from a column of the one type to one of the other."""
        families = self.family(one), self.family(other)
        return None in families or len(set(families)) == 1


class PostgreSQLTypes(Types):
    def reported(self, parsed: SqlType) -> SqlType:
        name = POSTGRESQL_ALIASES.get(parsed.name)
        return parsed if name is None else replace(parsed, name=name)

    def normalized(self, text: str) -> SqlType:
        parsed = self.reported(SqlType.parse(text))
        arguments = parsed.arguments
        if parsed.name == "character" and not arguments:
            arguments = ("1",)
        if parsed.name == "numeric" and len(arguments) == 1:
            arguments = (*arguments, "0")
        return SqlType(parsed.name, arguments, min(parsed.dimensions, 1))

    def family(self, text: str) -> str | None:
        parsed = self.reported(SqlType.parse(text))
        return None if parsed.dimensions else POSTGRESQL_FAMILIES.get(parsed.name)


class MySQLTypes(Types):
    """Display widths mean nothing but for ``tinyint(1)``, by which clients tell a boolean."""

    def reported(self, parsed: SqlType) -> SqlType:
        given, options = _with_options(parsed)
        arguments = ("1",) if given in ("bool", "boolean") else parsed.arguments
        return SqlType(" ".join([MYSQL_ALIASES.get(given, given), *options]), arguments)

    def written(self, text: str) -> str:
        parsed = SqlType.parse(text)
        words = parsed.name.split(" ")
        if words[0] not in MYSQL_INTEGERS or "zerofill" in words:
            return text
        return text if parsed == SqlType("tinyint", ("1",)) else parsed.name

    def normalized(self, text: str) -> SqlType:
        found = self.reported(SqlType.parse(text))
        (name, options), arguments = _with_options(found), found.arguments
        if name in MYSQL_INTEGERS and "zerofill" not in options:
            arguments = ("1",) if found == SqlType("tinyint", ("1",)) else ()
        if name == "decimal":
            given = (*arguments, "0") if len(arguments) == 1 else (*arguments, "10", "0")
            arguments = given[:2]
        if name in ("char", "binary", "bit") and not arguments:
            arguments = ("1",)
        return SqlType(" ".join([name, *options]), arguments)

    def family(self, text: str) -> str | None:
        """Whole numbers have to be of one size and one sign."""
        found = self.normalized(text)
        name, options = _with_options(found)
        if name in MYSQL_INTEGERS:
            return " ".join([name, *sorted({*options} & {"unsigned"})])
        if name in ("enum", "set"):
            return "enum"
        if name in MYSQL_TEXTS:
            return "text"
        return None if "binary" in name or "blob" in name else name


class MariaDBTypes(MySQLTypes):
    """MariaDB's ``json`` is a ``longtext`` with a check."""

    def same(self, one: str, other: str) -> bool:
        return super().same(*("longtext" if each == "json" else each for each in (one, other)))


class SQLiteTypes(Types):
    """SQLite enforces an affinity alone; a text's length is kept as what the model is told."""

    def normalized(self, text: str) -> tuple[str, int | None]:
        is_text = any(word in text.upper() for word in SQLITE_LENGTHS)
        return affinity(text), SqlType.parse(text).length if is_text else None

    def stored(self, text: str) -> str:
        return affinity(text)

    def family(self, text: str) -> str | None:
        """A number is never equal to a text; what has neither affinity can hold either."""
        return {"TEXT": "text", "INTEGER": "number", "REAL": "number"}.get(affinity(text))


def _with_options(parsed: SqlType) -> tuple[str, list[str]]:
    words = parsed.name.split(" ")
    name = " ".join(word for word in words if word not in MYSQL_OPTIONS)
    return name, [word for word in words if word in MYSQL_OPTIONS]


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


def is_text(sql_type: str) -> bool:
    """Whether the type can have a collation, and on MySQL a character set."""
    return any(word in sql_type.lower() for word in ("char", "text", "clob", "enum", "set("))


def is_endless_text(sql_type: str) -> bool:
    """Whether it is one that any text fits into."""
    return SqlType.parse(sql_type).name in ENDLESS_TEXTS
