"""What statements make that outlives their session: tables, and what stands around them."""

from __future__ import annotations

from collections.abc import Iterable

from kit_django.schema.dialects.base import Dialect
from kit_django.schema.facts import Key
from kit_django.schema.sql.cursor import Beyond, Cursor
from kit_django.schema.sql.tokens import Token, cut

OBJECTS = (
    *("TYPE", "DOMAIN", "SEQUENCE", "SCHEMA", "FUNCTION", "PROCEDURE", "AGGREGATE", "EVENT"),
    *("PACKAGE", "COLLATION"),
)
MEANINGS = (
    *("OPERATOR CLASS", "OPERATOR FAMILY", "OPERATOR", "CAST"),
    *("TEXT SEARCH DICTIONARY", "TEXT SEARCH CONFIGURATION"),
)
"""What gives words a meaning: its kind stands right behind CREATE, and its name may be none."""
_FARTHEST = 9
"""How many words may stand between CREATE and what it makes, as in CREATE OR REPLACE DEFINER = ..."""


class Made:
    """Follows statements from an empty database on. ``objects`` are keywords and keys, in their order."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.tables: set[Key] = set()
        self.objects: dict[tuple[str, Key], None] = {}

    def follow(self, statements: Iterable[str]) -> None:
        for statement in statements:
            first = next(cut(statement, self.dialect), None)
            if first is not None and first.is_word("CREATE", "DROP", "ALTER", "RENAME"):
                try:
                    self._follow(Cursor(statement, self.dialect))
                except Beyond:
                    continue

    def _follow(self, cursor: Cursor) -> None:
        if cursor.accept("CREATE"):
            self._create(cursor)
        elif cursor.accept("DROP"):
            self._drop(cursor)
        elif cursor.accept("ALTER", "TABLE"):
            self._alter(cursor)
        elif cursor.accept("RENAME", "TABLE"):
            self._rename(cursor)

    def _create(self, cursor: Cursor) -> None:
        for kind in MEANINGS:
            if cursor.accept(*kind.split()):
                self.objects[kind, self._meaning(cursor, kind)] = None
                return
        for _ in range(_FARTHEST):
            word = cursor.word()
            if word in ("TEMP", "TEMPORARY"):
                return
            cursor.take()
            if word == "TABLE":
                self.tables.add(self._name(cursor))
                return
            if word in OBJECTS and cursor.word() != "FUNCTION":
                self.objects[word, self._name(cursor)] = None
                return

    def _meaning(self, cursor: Cursor, kind: str) -> Key:
        """An operator is named by its signs, a cast by the two types in its parentheses."""
        if kind == "CAST":
            cursor.expect("(")
            return None, cursor.until_closed()
        if kind != "OPERATOR":
            return self._name(cursor)
        schema = None
        if cursor.word(1) == ".":
            schema = self._part(cursor.take_name())
            cursor.expect(".")
        return schema, cursor.take().text

    def _drop(self, cursor: Cursor) -> None:
        for kind in MEANINGS:
            if cursor.accept(*kind.split()):
                cursor.accept("IF", "EXISTS")
                self.objects.pop((kind, self._meaning(cursor, kind)), None)
                return
        cursor.accept("FOREIGN")
        word = cursor.word()
        cursor.take()
        going = [self._name(cursor)] if word in ("TABLE", *OBJECTS) else []
        while going and cursor.accept(","):
            going.append(self._name(cursor))
        for key in going:
            self.tables.discard(key) if word == "TABLE" else self.objects.pop((word, key), None)

    def _alter(self, cursor: Cursor) -> None:
        cursor.accept("ONLY")
        old = self._name(cursor)
        if cursor.accept("RENAME"):
            if cursor.word() in ("COLUMN", "CONSTRAINT", "INDEX", "KEY"):
                return
            if cursor.accept("TO") or cursor.accept("AS") or not self._renames_column(cursor):
                self.rename(old, self._name(cursor))
        elif cursor.accept("SET", "SCHEMA"):
            self.rename(old, (self._part(cursor.take_name()), old[1]))

    @staticmethod
    def _renames_column(cursor: Cursor) -> bool:
        """``RENAME a TO b`` leaves COLUMN out."""
        return cursor.word(1) == "TO"

    def _rename(self, cursor: Cursor) -> None:
        cursor.accept("IF", "EXISTS")
        while True:
            old = self._name(cursor)
            cursor.expect("TO")
            self.rename(old, self._name(cursor))
            if not cursor.accept(","):
                return

    def drop(self, key: Key) -> None:
        self.tables.discard(key)

    def rename(self, old: Key, new: Key) -> None:
        """A new name without a schema is in the old one's."""
        if old in self.tables:
            self.tables.remove(old)
            self.tables.add((new[0] or old[0], new[1]))

    def _name(self, cursor: Cursor) -> Key:
        _ = cursor.accept("IF", "NOT", "EXISTS") or cursor.accept("IF", "EXISTS")
        cursor.accept("AUTHORIZATION")
        schema, name = None, self._part(cursor.take_name())
        while cursor.accept("."):
            schema, name = name, self._part(cursor.take_name())
        return schema, name

    def _part(self, token: Token) -> str:
        is_written_so = token.kind == "quoted" or not self.dialect.names_know_case
        return token.name if is_written_so else self.dialect.folded(token.name, quoted=False)
