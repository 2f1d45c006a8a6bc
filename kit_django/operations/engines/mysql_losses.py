"""Values that a smaller type of MariaDB's and MySQL's would cut, round or refuse."""

from __future__ import annotations

from kit_django.schema.dialects.base import Dialect
from kit_django.schema.dialects.types import MYSQL_INTEGERS, MYSQL_TEXTS, SqlType

BITS = {"tinyint": 8, "smallint": 16, "mediumint": 24, "int": 32, "integer": 32, "bigint": 64}
BYTES = {"tinytext": 255, "tinyblob": 255, "text": 65_535, "blob": 65_535}
BYTES |= {"mediumtext": 16_777_215, "mediumblob": 16_777_215}

# A time of day becomes one of today, a day the midnight before all days.
_NEVER = [("time", kind) for kind in ("date", "datetime", "timestamp", "year")] + [("date", "time")]


def lost(column: str, old: SqlType, new: SqlType, dialect: Dialect) -> str | None:
    """The condition that such a value fulfils; None where the database has to tell."""
    if another := _something_else(column, old, new):
        return another
    kept = _as_kept(column, old, new)
    if kept:
        rounded = f"{column} <> {kept}"
        beyond = _beyond(column, old, new)
        return f"({rounded} OR {beyond})" if beyond else rounded
    return _beyond(column, old, new) or _too_long(column, old, new, dialect)


def _something_else(column: str, old: SqlType, new: SqlType) -> str | None:
    """What MySQL would make up, or leave away, with a warning at most."""
    is_text = old.name in MYSQL_TEXTS
    if new.name in ("decimal", "numeric") and is_text:
        places = (*new.numbers, 0, 0)[1]
        return f"CAST({column} AS DECIMAL(65, 30)) <> ROUND(CAST({column} AS DECIMAL(65, 30)), {places})"
    if new.name.startswith("double") and old.name.startswith((*BITS, "decimal", "numeric")):
        exact = f"CAST({column} AS DECIMAL(65, 30))"
        return f"{exact} <> CAST(CAST({column} AS DOUBLE) AS DECIMAL(65, 30))"
    if new.name == "year" and old.name.split()[0] in BITS:
        return f"{column} NOT BETWEEN 1901 AND 2155"
    if (old.name, new.name) in _NEVER:
        return f"{column} IS NOT NULL"
    if is_text and new.name == "date":
        return f"CAST({column} AS DATETIME(6)) <> CAST({column} AS DATE)"
    return f"{column} LIKE '%-%'" if is_text and new.name == "time" else None


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
    if new.name == "char":  # which is read without the blanks at its end
        return f"CHAR_LENGTH({column}) > CHAR_LENGTH(LEFT(RTRIM({column}), {new.length or 1}))"
    if new.name == "varchar":
        return f"CHAR_LENGTH({column}) > {new.length or 1}"
    if new.name in ("binary", "varbinary"):
        return f"LENGTH({column}) > {new.length or 1}"
    if new.name in BYTES:
        return f"LENGTH({column}) > {BYTES[new.name]}"
    if new.name == "enum":
        return f"{column} NOT IN ({', '.join(map(dialect.quote_literal, new.arguments))})"
    return None
