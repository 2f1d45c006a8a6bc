"""What a database has and how it spells it, as one frozen value for each.

Whoever would ask "is this PostgreSQL?" asks its dialect for what they want to know instead, so that
all that is told of one database stands in one file.
"""

from __future__ import annotations

from dataclasses import dataclass

from kit_django.exceptions import OperationError


@dataclass(frozen=True)
class Dialect:
    """``vendor`` is Django's word, which MySQL and MariaDB share; ``name`` is what people call it."""

    vendor: str
    name: str

    # How its SQL is read and written
    quote: str = '"'
    """What encloses a name; inside one it is doubled."""
    other_quotes: tuple[str, ...] = ()
    """What it takes around a name besides, and never writes: ``[`` stands for the pair ``[]``."""
    backslash_escapes: bool = False
    """Whether a backslash in a plain string escapes what is behind it."""
    escape_strings: bool = False
    """Whether there are strings of the form ``E'...'``, in which a backslash escapes."""
    dollar_strings: bool = False
    """Whether there are strings of the form ``$tag$...$tag$``."""

    def quote_name(self, name: str) -> str:
        """``name`` as a quoted identifier. Raises OperationError for what none can hold."""
        if not name:
            raise OperationError("A name is empty: no database can hold it. Give it a name.")
        _refuse_nul(name, "name")
        return self.quote + name.replace(self.quote, self.quote * 2) + self.quote

    def quote_qualified(self, name: str, schema: str | None = None) -> str:
        """``schema.name``, each part quoted; the name alone where ``schema`` is None."""
        parts = [name] if schema is None else [schema, name]
        return ".".join(map(self.quote_name, parts))

    def quote_literal(self, text: str) -> str:
        """``text`` as a string literal. Raises OperationError for a NUL character."""
        _refuse_nul(text, "text")
        doubled = text.replace("'", "''")
        if "\\" not in text:
            return f"'{doubled}'"
        if self.escape_strings:
            # E'' reads the same whatever standard_conforming_strings says.
            return "E'" + doubled.replace("\\", "\\\\") + "'"
        if self.backslash_escapes:
            doubled = doubled.replace("\\", "\\\\")
        return f"'{doubled}'"


def _refuse_nul(value: str, what: str) -> None:
    if "\0" in value:
        raise OperationError(
            f"The {what} {value!r} holds a NUL character, which no database can store in SQL. "
            f"Leave the character out."
        )
