"""Values of MariaDB and MySQL as SQL."""

from __future__ import annotations

from kit_django.schema.facts import Column

_BYTES = (
    *("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob", "vector"),
    *("geometry", "point", "linestring", "polygon", "multipoint", "multilinestring"),
    *("multipolygon", "geometrycollection"),
)
_NUMBERS = ("tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "numeric", "year")
# What a backslash means depends on the session, and a checkout may change the ends of lines.
_ODD = (92, 13, 0)


def literal(column: Column, name: str) -> str:
    """The expression whose value is the literal."""
    kind = column.type.lower().replace("(", " ").split()[0]
    if kind in _BYTES:
        made = f"CONCAT('x''', HEX({name}), '''')"
    elif kind == "bit":
        made = f"CONCAT('b''', BIN({name} + 0), '''')"
    elif kind in _NUMBERS:
        made = f"CAST({name} AS CHAR)"
    elif kind in ("float", "double", "real"):
        made = f"CAST({name} + 0e0 AS CHAR)"  # all digits of it
    else:
        made = _text(f"CONVERT(CAST({name} AS CHAR) USING utf8mb4)")
    return f"IF({name} IS NULL, 'NULL', {made})"


def _text(value: str) -> str:
    is_odd = " OR ".join(f"INSTR({value}, CHAR({code}))" for code in _ODD)
    as_bytes = f"CONCAT('CONVERT(x''', HEX({value}), ''' USING utf8mb4)')"
    return f"IF({is_odd}, {as_bytes}, CONCAT('''', REPLACE({value}, '''', ''''''), ''''))"
