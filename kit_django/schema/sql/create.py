"""What SQLite's CREATE statements say.

SQLite keeps a statement as it was written, and its pragmas do not tell all of it. This follows the
grammar on https://www.sqlite.org/lang_createtable.html, and that of SQLite's own parser where it
takes more: table constraints without commas between them, names in any of four quotes, default
values that are bare words. What goes beyond is UnreadableStatement, and nothing is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from kit_django.exceptions import UnreadableStatement
from kit_django.schema.dialects.sqlite import SQLITE
from kit_django.schema.facts import Deferrable
from kit_django.schema.sql.created import (
    CheckDefinition,
    ColumnDefinition,
    IndexDefinition,
    KeyDefinition,
    ReferenceDefinition,
    TableDefinition,
)
from kit_django.schema.sql.cursor import Beyond, Cursor
from kit_django.schema.sql.parentheses import unwrapped
from kit_django.schema.sql.tokens import Token, cut

T = TypeVar("T")
_STARTS_TABLE_CONSTRAINT = {"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"}
_VALUES = ("NULL", "TRUE", "FALSE", "CURRENT_TIME", "CURRENT_DATE", "CURRENT_TIMESTAMP")
_ENDS_TYPE = {
    *("CONSTRAINT", "PRIMARY", "NOT", "NULL", "UNIQUE", "CHECK", "DEFAULT", "COLLATE"),
    *("REFERENCES", "DEFERRABLE", "AS", ",", ")"),
}


def read_create_table(sql: str) -> TableDefinition:
    """What CREATE TABLE says. Raises UnreadableStatement."""
    return _read(sql, lambda: _TableCursor(sql).read())


def read_create_index(sql: str) -> IndexDefinition:
    """What CREATE INDEX says. Raises UnreadableStatement."""
    return _read(sql, lambda: _CreateCursor(sql).index())


def read_using(sql: str) -> str:
    """The module of CREATE VIRTUAL TABLE, with its arguments. Raises UnreadableStatement."""
    return _read(sql, lambda: _CreateCursor(sql).using())


def _read(sql: str, reading: Callable[[], T]) -> T:
    try:
        return reading()
    except Beyond:
        raise UnreadableStatement(
            f"kit_django cannot follow this statement, which SQLite keeps for one of its tables: "
            f"{sql!r}. Nothing was touched. Write the table or index anew in plainer SQL, and "
            f"please report the statement."
        ) from None


class _CreateCursor(Cursor):
    """The steps that CREATE statements have in common."""

    def __init__(self, sql: str) -> None:
        super().__init__(sql, SQLITE, tuple(cut(sql, SQLITE)))  # read once, and not kept

    def index(self) -> IndexDefinition:
        self.expect("CREATE")
        self.accept("UNIQUE")
        self._new_name("INDEX")
        self.expect("ON")
        self.name()
        parts = tuple(self.text(_without_direction(item)) for item in self.listed())
        if not self.accept("WHERE"):
            self.expect_end()
            return IndexDefinition(parts)
        return IndexDefinition(parts, self.text(self.tokens[self.position :]))

    def using(self) -> str:
        self.expect("CREATE", "VIRTUAL")
        self._new_name("TABLE")
        self.expect("USING")
        return self.sql[self.take_name().start :]

    def _new_name(self, kind: str) -> None:
        self.expect(kind)
        self.accept("IF", "NOT", "EXISTS")
        self.name()
        if self.accept("."):
            self.name()

    def name(self) -> str:
        """SQLite takes a string for a name where nothing else can stand."""
        token = self.take()
        if not token.is_name and token.text[0] != "'":
            raise Beyond
        return token.name

    def names(self) -> tuple[str, ...]:
        return tuple(map(_first_name, self.listed()))

    def inner(self) -> Sequence[Token]:
        """What stands between a parenthesis, which must come next, and the one that closes it."""
        self.expect("(")
        start, depth = self.position, 1
        while depth:
            depth += self.take().nesting
        return self.tokens[start : self.position - 1]

    def listed(self) -> list[Sequence[Token]]:
        """What stands in parentheses, cut at the commas that are not nested deeper."""
        tokens = self.inner()
        items, start, depth = [], 0, 0
        for place, token in enumerate(tokens):
            depth += token.nesting
            if depth == 0 and token.is_symbol(","):
                items.append(tokens[start:place])
                start = place + 1
        items.append(tokens[start:])
        if not all(items):
            raise Beyond
        return items

    def text(self, tokens: Sequence[Token]) -> str:
        """Without the parentheses around all of it. Raises Beyond where nothing is within."""
        found = unwrapped(tokens)
        if not found:
            raise Beyond
        return self.sql[found[0].start : found[-1].end]


class _TableCursor(_CreateCursor):
    """Collects definitions while it walks over the statement once."""

    def __init__(self, sql: str) -> None:
        super().__init__(sql)
        self.columns: list[ColumnDefinition] = []
        self.primary_key: KeyDefinition | None = None
        self.uniques: list[KeyDefinition] = []
        self.checks: list[CheckDefinition] = []
        self.references: list[ReferenceDefinition] = []

    def read(self) -> TableDefinition:
        self.expect("CREATE")
        self._new_name("TABLE")
        self.expect("(")
        while not self.accept(")"):
            self._item()
        options = self._options()
        return TableDefinition(
            columns=tuple(self.columns),
            primary_key=self.primary_key,
            uniques=tuple(self.uniques),
            checks=tuple(self.checks),
            references=tuple(self.references),
            strict="STRICT" in options,
            without_rowid="ROWID" in options,
        )

    def _item(self) -> None:
        if self.accept(","):
            return
        if self.word() in _STARTS_TABLE_CONSTRAINT:
            self._constraint()
        else:
            self._column()

    def _options(self) -> set[str]:
        found = set()
        while self.token is not None:
            if self.accept("WITHOUT", "ROWID"):
                found.add("ROWID")
            elif self.accept("STRICT"):
                found.add("STRICT")
            else:
                self.expect(",")
        return found

    # Table constraints

    def _constraint(self) -> None:
        name = self.name() if self.accept("CONSTRAINT") else None
        match self.word():
            case "PRIMARY":
                self.expect("PRIMARY", "KEY")
                self.primary_key = self._key(name)
            case "UNIQUE":
                self.expect("UNIQUE")
                self.uniques.append(self._key(name))
            case "CHECK":
                self.expect("CHECK")
                self._check(name)
                self._conflict()
            case "FOREIGN":
                self.expect("FOREIGN", "KEY")
                columns = self.names()
                self.expect("REFERENCES")
                self._reference(columns, name)
                self._deferral()
            case _ if name is None:
                raise Beyond

    def _key(self, name: str | None) -> KeyDefinition:
        items = self.listed()
        if items[-1][-1].is_word("AUTOINCREMENT"):
            self._number(_first_name(items[0]))
        return KeyDefinition(tuple(map(_first_name, items)), name, self._conflict())

    def _number(self, column: str) -> None:
        key = SQLITE.folded(column)
        self.columns = [
            replace(each, autoincrement=True) if SQLITE.folded(each.name) == key else each
            for each in self.columns
        ]

    # Columns

    def _column(self) -> None:
        column, name = ColumnDefinition(self.name(), self._type()), None
        while self.word() not in (",", ")"):
            if self.accept("CONSTRAINT"):
                name = self.name()
            else:
                column, name = self._column_constraint(column, name), None
        self.columns.append(column)

    def _type(self) -> str:
        start = self.position
        while self.word() not in _ENDS_TYPE and not self._at_generated():
            if self.word() == "(":
                self.inner()
            else:
                self.take()
        found = self.tokens[start : self.position]
        return self.sql[found[0].start : found[-1].end] if found else ""

    def _at_generated(self) -> bool:
        return self.word() == "GENERATED" and (self.word(1), self.word(2)) == ("ALWAYS", "AS")

    def _column_constraint(self, column: ColumnDefinition, name: str | None) -> ColumnDefinition:
        if self._deferral():
            return column
        match self.take().text.upper():
            case "PRIMARY":
                return self._column_key(column, name)
            case "UNIQUE":
                self.uniques.append(KeyDefinition((column.name,), name, self._conflict()))
            case "CHECK":
                self._check(name)
            case "REFERENCES":
                self._reference((column.name,), name)
            case "NOT":
                self.expect("NULL")
                return replace(column, not_null_conflict=self._conflict())
            case "NULL":
                self._conflict()
            case "DEFAULT":
                return replace(column, default_word=self._default_word())
            case "COLLATE":
                return replace(column, collation=self.name())
            case "GENERATED" | "AS":
                self.accept("ALWAYS", "AS")
                return self._generated(column)
            case _:
                raise Beyond
        return column

    def _column_key(self, column: ColumnDefinition, name: str | None) -> ColumnDefinition:
        self.expect("KEY")
        if self.word() in ("ASC", "DESC"):
            self.take()
        self.primary_key = KeyDefinition((column.name,), name, self._conflict())
        return replace(column, autoincrement=self.accept("AUTOINCREMENT"))

    def _default_word(self) -> str | None:
        """Step over the value; the string that it means where it is a bare word."""
        if self.word() == "(":
            self.inner()
            return None
        if self.accept("-") or self.accept("+"):
            self.take()
            return None
        value = self.take()
        return value.name if value.is_name and not value.is_word(*_VALUES) else None

    def _generated(self, column: ColumnDefinition) -> ColumnDefinition:
        """The pragma tells whether it is stored."""
        found = self.text(self.inner())
        self.accept("STORED") or self.accept("VIRTUAL")
        return replace(column, generated=found)

    # What both have

    def _check(self, name: str | None) -> None:
        self.checks.append(CheckDefinition(self.text(self.inner()), name))

    def _conflict(self) -> str | None:
        return self.take_name().text.upper() if self.accept("ON", "CONFLICT") else None

    def _reference(self, columns: tuple[str, ...], name: str | None) -> None:
        to_table = self.name()
        to_columns = self.names() if self.word() == "(" else ()
        self._skip_actions()
        self.references.append(ReferenceDefinition(columns, to_table, to_columns, name))

    def _skip_actions(self) -> None:
        """The pragma tells them."""
        while self.word() in ("MATCH", "ON"):
            if self.take().is_word("ON"):
                self.take_name()
                if self.word() in ("SET", "NO"):
                    self.take()
            self.take_name()

    def _deferral(self) -> bool:
        """Step over DEFERRABLE, which is said of the last foreign key, wherever that stands."""
        is_negated = self.accept("NOT", "DEFERRABLE")
        if not is_negated and not self.accept("DEFERRABLE"):
            return False
        deferrable: Deferrable = "deferred" if self.accept("INITIALLY", "DEFERRED") else "immediate"
        self.accept("INITIALLY", "IMMEDIATE")
        if self.references:
            last = self.references[-1]
            self.references[-1] = replace(last, deferrable=None if is_negated else deferrable)
        return True


def _without_direction(part: Sequence[Token]) -> Sequence[Token]:
    if len(part) > 2 and part[-2].is_word("NULLS") and part[-1].is_word("FIRST", "LAST"):
        part = part[:-2]
    return part[:-1] if len(part) > 1 and part[-1].is_word("ASC", "DESC") else part


def _first_name(part: Sequence[Token]) -> str:
    for token in part:
        if token.kind != "symbol":
            return token.name
    raise Beyond
