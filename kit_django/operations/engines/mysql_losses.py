"""Values that a smaller type of MariaDB's and MySQL's would cut, round or refuse."""

from __future__ import annotations

from kit_django.schema.dialects.base import Dialect
from kit_django.schema.dialects.types import MYSQL_INTEGERS, MYSQL_TEXTS, SqlType

BITS = {"tinyint": 8, "smallint": 16, "mediumint": 24, "int": 32, "integer": 32, "bigint": 64}
BYTES = {"tinytext": 255, "tinyblob": 255, "text": 65_535, "blob": 65_535}
BYTES |= {"mediumtext": 16_777_215, "mediumblob": 16_777_215}


def lost(column: str, old: SqlType, new: SqlType, dialect: Dialect) -> str | None:
    """The condition that such a value fulfils; None where the database has to tell."""
    kept = _as_kept(column, old, new)
    if kept:
        rounded = f"{column} <> {kept}"
        beyond = _beyond(column, old, new)
        return f"({rounded} OR {beyond})" if beyond else rounded
    return _beyond(column, old, new) or _too_long(column, old, new, dialect)


def _as_kept(column: str, old: SqlType, new: SqlType) -> str | None:
    """What the new type keeps of a value of the old one, where MySQL would not complain."""
    if old.name.startswith(("decimal", "numeric", "float", "double")):
        if new.name.split()[0] in {*MYSQL_INTEGERS, "integer"}:
            return f"ROUND({column})"
        if new.name.startswith(("decimal", "numeric")):
            return f"ROUND({column}, {(*new.numbers, 0, 0)[1]})"
    if old.name in ("datetime", "timestamp"):
        exact = f"CAST({column} AS DATETIME({new.length or 0}))"
        kinds = {"date": f"DATE({column})", "time": f"TIME({column})", "year": f"YEAR({column})"}
        return {**kinds, "datetime": exact, "timestamp": exact}.get(new.name)
    return None


def _beyond(column: str, old: SqlType, new: SqlType) -> str | None:
    """Numbers beyond an integer's range."""
    kind, *words = new.name.split()
    if kind not in BITS or not old.name.startswith(
        (*BITS, "decimal", "numeric", "float", "double")
    ):
        return None
    bits = BITS[kind]
    lowest, highest = -(1 << bits - 1), (1 << bits - 1) - 1
    if "unsigned" in words:
        lowest, highest = 0, (1 << bits) - 1
    return f"{column} NOT BETWEEN {lowest} AND {highest}"


def _too_long(column: str, old: SqlType, new: SqlType, dialect: Dialect) -> str | None:
    """Texts and bytes that are too long, and labels that there are no more."""
    if old.name not in {*MYSQL_TEXTS, "binary", "varbinary", "longblob", *BYTES}:
        return None
    if new.name in ("char", "varchar"):
        return f"CHAR_LENGTH({column}) > {new.length or 1}"
    if new.name in ("binary", "varbinary"):
        return f"LENGTH({column}) > {new.length or 1}"
    if new.name in BYTES:
        return f"LENGTH({column}) > {BYTES[new.name]}"
    if new.name == "enum":
        return f"{column} NOT IN ({', '.join(map(dialect.quote_literal, new.arguments))})"
    return None
