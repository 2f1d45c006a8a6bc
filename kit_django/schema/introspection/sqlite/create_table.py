"""CREATE TABLE, read for what SQLite's pragmas do not tell.

SQLite keeps the statement as it was written, and has accepted it: so this reads and does not
judge. It follows the grammar on https://www.sqlite.org/lang_createtable.html, and that of
SQLite's own parser where it takes more: table constraints without commas between them, names in
any of four quotes, default values that are bare words.
"""

from __future__ import annotations

from dataclasses import replace

from kit_django.schema.facts import Deferrable
from kit_django.schema.introspection.sqlite.reader import TokenReader
from kit_django.schema.introspection.sqlite.statements import (
    CheckDefinition,
    ColumnDefinition,
    KeyDefinition,
    ReferenceDefinition,
    TableDefinition,
)
from kit_django.schema.introspection.sqlite.tokens import Token, fold

_STARTS_TABLE_CONSTRAINT = frozenset({"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"})
_STARTS_COLUMN_CONSTRAINT = frozenset(
    {"CONSTRAINT", "PRIMARY", "NOT", "NULL", "UNIQUE", "CHECK", "DEFAULT", "COLLATE"}
    | {"REFERENCES", "DEFERRABLE", "AS"}
)
_DIRECTIONS = frozenset({"ASC", "DESC"})
_VALUE_WORDS = ("NULL", "TRUE", "FALSE", "CURRENT_TIME", "CURRENT_DATE", "CURRENT_TIMESTAMP")


def parse_create_table(sql: str) -> TableDefinition:
    """What the statement says. Raises UnreadableStatement where it is no CREATE TABLE."""
    return _TableReader(sql).read()


class _TableReader(TokenReader):
    """Collects definitions while it walks over the statement once."""

    def __init__(self, sql: str) -> None:
        super().__init__(sql)
        self.columns: list[ColumnDefinition] = []
        self.primary_key: KeyDefinition | None = None
        self.uniques: list[KeyDefinition] = []
        self.checks: list[CheckDefinition] = []
        self.references: list[ReferenceDefinition] = []

    def read(self) -> TableDefinition:
        while not self.at_symbol("("):
            self.take()
        self.expect_symbol("(")
        while not self.take_symbol(")"):
            self._read_item()
        options = [token.text.upper() for token in self.tokens[self.position :]]
        return TableDefinition(
            columns=tuple(self.columns),
            primary_key=self.primary_key,
            uniques=tuple(self.uniques),
            checks=tuple(self.checks),
            references=tuple(self.references),
            strict="STRICT" in options,
            without_rowid="ROWID" in options,
        )

    def _read_item(self) -> None:
        if self.take_symbol(","):
            return
        if self.at_one_of(_STARTS_TABLE_CONSTRAINT):
            self._read_table_constraint()
        else:
            self._read_column()

    # Table constraints

    def _read_table_constraint(self) -> None:
        name = self._take_constraint_name()
        if self.take_words("PRIMARY", "KEY"):
            self.primary_key = self._read_key(name)
        elif self.take_words("UNIQUE"):
            self.uniques.append(self._read_key(name))
        elif self.at_words("CHECK"):
            self._read_check(name)
        elif self.take_words("FOREIGN", "KEY"):
            columns = tuple(item[0].name for item in self.take_list())
            self._read_reference(columns, name)

    def _read_key(self, name: str | None) -> KeyDefinition:
        items = self.take_list()
        if items[-1][-1].is_word("AUTOINCREMENT"):
            column = _first_name(items[0])
            self.columns = [
                replace(each, autoincrement=True) if fold(each.name) == fold(column) else each
                for each in self.columns
            ]
            items[-1].pop()
        return KeyDefinition(tuple(map(_first_name, items)), name, self._take_conflict())

    # Columns

    def _read_column(self) -> None:
        column = ColumnDefinition(self.take().name, self._take_type())
        name = None
        while not (self.at_symbol(",") or self.at_symbol(")")):
            if self.at_words("CONSTRAINT"):
                name = self._take_constraint_name()
                continue
            column = self._read_column_constraint(column, name)
            name = None
        self.columns.append(column)

    def _take_type(self) -> str:
        first = last = None
        while not (self._at_column_constraint() or self.at_symbol(",") or self.at_symbol(")")):
            first = first or self.token
            if self.at_symbol("("):
                self.take_parenthesized()
                last = self.tokens[self.position - 1]
            else:
                last = self.take()
        return self.text_between(first, last) if first and last else ""

    def _at_column_constraint(self) -> bool:
        return self.at_one_of(_STARTS_COLUMN_CONSTRAINT) or self.at_words("GENERATED", "ALWAYS")

    def _read_column_constraint(
        self, column: ColumnDefinition, name: str | None
    ) -> ColumnDefinition:
        if self.take_words("PRIMARY", "KEY"):
            return self._read_column_key(column, name)
        if self.take_words("UNIQUE"):
            key = KeyDefinition((column.name,), name, self._take_conflict())
            self.uniques.append(key)
        elif self.at_words("CHECK"):
            self._read_check(name)
        elif self.at_words("REFERENCES"):
            self._read_reference((column.name,), name)
        elif self.take_words("NOT", "NULL"):
            return replace(column, not_null_conflict=self._take_conflict())
        elif self.take_words("DEFAULT"):
            return replace(column, default_word=self._take_default_word())
        elif self.take_words("COLLATE"):
            return replace(column, collation=self.take().name)
        elif self.take_words("GENERATED", "ALWAYS", "AS") or self.take_words("AS"):
            return replace(column, generated=self.take_parenthesized())
        else:
            self.take()  # NULL, STORED, VIRTUAL, ON CONFLICT, ...: pragmas tell, or they mean nothing
        return column

    def _read_column_key(self, column: ColumnDefinition, name: str | None) -> ColumnDefinition:
        if self.at_one_of(_DIRECTIONS):
            self.take()
        self.primary_key = KeyDefinition((column.name,), name, self._take_conflict())
        return replace(column, autoincrement=self.take_words("AUTOINCREMENT"))

    def _take_default_word(self) -> str | None:
        """Step over the value; the string that it means where it is a bare word."""
        if self.at_symbol("("):
            self.take_parenthesized()
            return None
        if self.take_symbol("-") or self.take_symbol("+"):
            self.take()
            return None
        value = self.take()
        means_string = value.kind == "quoted" or (
            value.kind == "word" and not value.is_word(*_VALUE_WORDS)
        )
        return value.name if means_string else None

    # What both have

    def _take_constraint_name(self) -> str | None:
        return self.take().name if self.take_words("CONSTRAINT") else None

    def _read_check(self, name: str | None) -> None:
        self.take_words("CHECK")
        self.checks.append(CheckDefinition(self.take_parenthesized(), name))
        self._take_conflict()

    def _take_conflict(self) -> str | None:
        return self.take().text.upper() if self.take_words("ON", "CONFLICT") else None

    def _read_reference(self, columns: tuple[str, ...], name: str | None) -> None:
        self.take_words("REFERENCES")
        to_table = self.take().name
        listed = self.take_list() if self.at_symbol("(") else ()
        self._skip_reference_actions()
        self.references.append(
            ReferenceDefinition(
                columns=columns,
                to_table=to_table,
                to_columns=tuple(item[0].name for item in listed),
                name=name,
                deferrable=self._take_deferrable(),
            )
        )

    def _skip_reference_actions(self) -> None:
        while True:
            if self.take_words("MATCH"):
                self.take()
            elif self.take_words("ON"):
                self.take()
                self._skip_action()
            else:
                return

    def _skip_action(self) -> None:
        if not (self.take_words("CASCADE") or self.take_words("RESTRICT")):
            self.take()  # SET or NO
            self.take()

    def _take_deferrable(self) -> Deferrable | None:
        is_negated = self.take_words("NOT", "DEFERRABLE")
        if not is_negated and not self.take_words("DEFERRABLE"):
            return None
        is_deferred = self.take_words("INITIALLY", "DEFERRED")
        self.take_words("INITIALLY", "IMMEDIATE")
        if is_negated:
            return None
        return "deferred" if is_deferred else "immediate"


def _first_name(item: list[Token]) -> str:
    return next(token.name for token in item if token.kind != "symbol")
