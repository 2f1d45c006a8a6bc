"""What a database has and how it spells it, as one frozen value for each.

Whoever would ask "is this PostgreSQL?" asks its dialect for what they want to know instead, so that
all that is told of one database stands in one file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from string import ascii_lowercase, ascii_uppercase
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper

from kit_django.exceptions import OperationError
from kit_django.schema.dialects.reading import Reading
from kit_django.schema.dialects.types import Types

if TYPE_CHECKING:
    from kit_django.schema.facts import Action

ONE_SPELLING = Types()
_ASCII_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)

Options = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Dialect:
    """``vendor`` is Django's word, which MySQL and MariaDB share; ``name`` is what people call it."""

    vendor: str
    name: str
    products: tuple[str, ...] = ()
    """What people call its databases, where a connection alone tells which one it leads to."""

    # Its names
    longest_name: int | None = None
    """The most characters of a name."""
    longest_name_in_bytes: int | None = None
    """The most bytes of a name, beyond which it is cut."""
    reserved_prefix: str = ""
    """How the names begin that it keeps for itself."""
    strips_names: bool = False
    """Whether a name cannot end with a space."""
    basic_names: bool = False
    """Whether names have no characters beyond the basic plane of Unicode."""
    names_know_case: bool = False
    """Whether two columns may differ in the case of their letters alone."""
    has_schemas: bool = False
    """Whether one database holds several schemas, and a dot sets a table's apart."""
    keeps_key_names: bool = True
    """Whether the name of a primary key is kept."""

    # Its types and values
    types: Types = ONE_SPELLING
    """What it calls its types."""
    pads_texts: bool = False
    """Whether a text that is shorter than a column's fixed length is read with blanks behind it."""
    times_are_spans: bool = False
    """Whether a ``time`` may be longer than a day, or negative."""
    takes_any_type: bool = False
    """Whether a column may be declared to be of any type, and holds what it is given."""
    has_booleans: bool = False
    """Whether a boolean is a type of its own, and not the numbers 0 and 1."""
    hex_bytes: bool = True
    """Whether bytes are written ``x'00ff'``."""
    enums: Literal["type", "column", "check"] = "check"
    """What holds the labels of an enum: a type with a name, the column's type, or a check."""
    own_types: Options = (("mac_address", "varchar(17)"), ("year", "smallint"))
    """The types that not every database has: what they are, and its name for each."""
    types_imply_checks: bool = True
    """Whether Django adds a check where a type does not say all: none below zero, valid JSON."""
    json_is_text: bool = False
    """Whether JSON is a text with a check that the database adds by itself."""
    unlimited_decimal: str = "numeric"
    naive_time: str = ""
    """A decimal's type where no digits are said."""
    queries_dollar_names: bool = True
    """Whether Django before 6.1 can query a name with a dollar sign in it."""
    casts_to_column_types: bool = True
    """Whether CAST takes the types that columns have."""
    collates_texts_only: bool = True
    """Whether a column that holds no text cannot have a collation."""
    longest_unique_text: int | None = None
    """The most characters of a unique text, as Django has it."""

    functions_may_write: bool = True
    """Whether a function that a query calls may change something."""

    # What it does to a row
    integer_key_is_rowid: bool = False
    """Whether INTEGER PRIMARY KEY alone numbers the rows, and only that type can."""
    numbering_word: str = ""
    """What behind a column's type makes it number the rows."""
    has_identity: bool = False
    """Whether a column numbers the rows by GENERATED AS IDENTITY."""
    numbers_by_key: bool = True
    """Whether a column that numbers the rows has to be a key."""
    has_on_update: bool = False
    """Whether a column can be set to the time of each change."""
    zero_date: str = ""
    """How a column of dates begins that holds none, and is not NULL."""
    generated_may_refuse_null: bool = True
    """Whether a generated column can be NOT NULL."""

    # Its defaults
    fills_defaults: bool = False
    """Whether Django fills parameters into a default's text, and takes a percent sign for one."""
    statement_times: frozenset[str] = frozenset()
    """How it writes the time at which a statement begins, as Django's Now() makes it."""
    transaction_times: frozenset[str] = frozenset()
    """How it writes the time at which a transaction begins."""
    time_functions: frozenset[str] = frozenset()
    """The functions, in capitals, that are CURRENT_TIMESTAMP by other names."""
    random_uuids: frozenset[str] = frozenset()
    """How it writes a new UUID."""
    empty_bytes: str | None = None
    """What stands between the quotes of an empty default of bytes."""
    empty_containers: bool = False
    """Whether an empty array or JSON as a default is the text that Django makes of one."""

    # Its indexes and constraints
    uniques_are_indexes: bool = False
    """Whether a unique constraint and a unique index are one thing."""
    merges_twin_uniques: bool = False
    """Whether two unique constraints over the same columns become one."""
    has_set_default: bool = True
    """Whether a foreign key can have ON DELETE SET DEFAULT."""
    has_access_methods: bool = False
    """Whether an index is made by a method, to which extensions add, with classes of operators."""
    index_methods: frozenset[str] = frozenset()
    """The methods of indexes, where extensions add none."""
    orders_nulls: bool = False
    """Whether an index may say on which end NULLs stand."""
    has_index_prefixes: bool = False
    """Whether an index may take in the beginning of a text alone."""
    has_index_comments: bool = False
    """Whether CREATE INDEX takes a comment."""
    indexes_foreign_keys: bool = False
    """Whether it makes an index for a foreign key that has none."""
    numbering_needs_index: bool = False
    """Whether a column that numbers the rows has to be indexed from the start."""
    renames: frozenset[str] = frozenset({"index"})
    """What besides tables and columns can have another name without much ado."""
    shared_names: frozenset[str] = frozenset()
    """What has its name from the whole schema, where no two may have the same."""
    lists_shared_names: bool = False
    """Whether to ask for one such name takes as long as to ask for all."""
    keys_lead_to_indexes: bool = False
    """Whether a foreign key may lead to columns that an index begins with, and not to a unique alone."""
    keys_need_one_collation: bool = False
    """Whether texts on both sides of a foreign key have to be of one collation."""
    has_table_options: bool = False
    """Whether a table says which engine keeps it, and what its texts are kept and compared by."""
    switch_of_keys: tuple[str, ...] = ()
    """The statements that put foreign keys off, and on again; none where migrations run without."""
    has_deferred_keys: bool = False
    """Whether those that are put off are looked at in the end."""
    engine_of_keys: str = ""
    """The only engine of tables that has foreign keys."""
    restrict_is_no_action: bool = False
    """Whether RESTRICT and NO ACTION are two names for one thing."""

    # What else it has
    objects: frozenset[str] = frozenset()
    """What it holds besides tables and views, or has in a table that others have not, in words."""
    rebuilds_tables: bool = False
    """Whether a table is made anew for most changes, with foreign keys off."""
    alters_past_pending_checks: bool = True
    """Whether a table can be altered while checks of its rows are put off."""
    has_materialized_views: bool = False
    """Whether a view can keep its rows."""
    lives_in_a_file: bool = False
    """Whether a database is a file."""
    right_to_make_databases: str = "to write into the folder for temporary files"
    """What a user has to be allowed, to make another database for a while."""

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
    reading: Reading = field(default_factory=Reading)
    """The rest of what a reader of its SQL has to know."""
    adds_constraints: bool = True
    """Whether ALTER TABLE adds a constraint to a table that is there."""

    # How its schema is written
    defaults_take_columns: bool = False
    """Whether a default may be computed from other columns of its row."""
    bare_defaults: bool = False
    """Whether DEFAULT takes any expression without parentheses around it."""
    inline_comments: bool = False
    """Whether a comment is said within CREATE TABLE, and not by a statement of its own."""
    silence_is_no_action: bool = True
    """Whether a foreign key that says nothing of ON DELETE has NO ACTION."""
    generated_not_null: bool = True
    """Whether NOT NULL may stand beside GENERATED."""
    ignored: str = ""
    """Its word for an index that no query uses."""
    srid: str = "SRID"
    """Its word for a geometry's system of coordinates."""
    index_method: Literal["", "before", "behind"] = ""
    """On which side of an index's columns USING stands."""
    bare_index_expressions: bool = False
    """Whether an index takes an expression without parentheses around it."""
    names_triggers_by_table: bool = False
    """Whether two tables may have triggers of one name, and DROP TRIGGER says of which."""
    names_indexes_by_schema: bool = False
    """Whether CREATE INDEX names the schema with the index rather than with the table."""

    whole_session: Options = ()
    """The settings under which a whole schema and its rows are told, and made, the same everywhere."""

    def __hash__(self) -> int:
        """A dialect is part of the key of each text that was read: all of its fields take too long."""
        return hash(self.name)

    def on(self, connection: BaseDatabaseWrapper) -> Dialect:
        """What a connection speaks, as its server may be one of several, and set in several ways."""
        return self

    def table_head(self, options: Options) -> str:
        """What stands between CREATE and TABLE."""
        return ""

    def table_tail(self, options: Options) -> str:
        """What stands behind the parenthesis that closes CREATE TABLE."""
        return ""

    def plain_action(self, action: Action) -> Action:
        """What a foreign key does, by one name for each thing that the database can do."""
        return "NO ACTION" if self.restrict_is_no_action and action == "RESTRICT" else action

    def enter_session(self, settings: Options) -> str:
        """The statement that sets what a session goes by, each setting with its value as SQL."""
        return "; ".join(f"SET {name} = {value}" for name, value in settings)

    def leave_session(self, settings: Options) -> str:
        """The statement that sets it back to what it was."""
        return "; ".join(f"RESET {name}" for name, _ in settings)

    def index_tail(self, options: Options) -> Iterator[str]:
        """What CREATE INDEX says behind the columns, of how the index is kept."""
        return iter(())

    def folded(self, name: str, *, quoted: bool = True) -> str:
        """What is equal for two ways to write the name of one column."""
        if quoted and self.names_know_case:
            return name
        return name.lower() if self.reading.folds_all_letters else name.translate(_ASCII_LOWER)

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

    def name_of_unique(self, table: str, column: str) -> str:
        """What it calls a unique column's constraint by itself."""
        return column if self.uniques_are_indexes else f"{table}_{column}_key"

    def literal(self, value: Any) -> str | None:
        """A value as SQL; None for one that the database's driver has to write."""
        match value:
            case None:
                return "NULL"
            case bool() if self.has_booleans:
                return "true" if value else "false"
            case bool():
                return str(int(value))
            case int() | float() | Decimal():
                return str(value)
            case str():
                return self.quote_literal(value)
            case bytes() | bytearray() | memoryview() if self.hex_bytes:
                return f"x'{bytes(value).hex()}'"
            case UUID() | date() | time() if self.hex_bytes:
                return self.quote_literal(str(value))
        return None

    def problem_with_name(self, name: str) -> str:
        """Why nothing can have that name; the empty string where all is well."""
        size = len(name.encode())
        if not name or "\0" in name:
            return "a name has at least one character, and no NUL"
        if self.longest_name_in_bytes and size > self.longest_name_in_bytes:
            return f"the name takes {size} bytes, and {self.longest_name_in_bytes} is the most"
        if self.longest_name and len(name) > self.longest_name:
            return f"the name has {len(name)} characters, and {self.longest_name} is the most"
        if self.strips_names and name.endswith(" "):
            return "a name cannot end with a space"
        if self.basic_names and not is_basic(name):
            return "a name has no characters beyond the basic plane of Unicode"
        if self.reserved_prefix and name.lower().startswith(self.reserved_prefix):
            return f"names that begin with {self.reserved_prefix} are {self.name}'s own"
        return ""

    def can_ask_for(self, name: str) -> bool:
        """Whether a name can be asked for: some texts are an error already in the question."""
        return "\0" not in name and (is_basic(name) or not self.basic_names)

    def has_index_method(self, method: str, engine: str | None) -> bool:
        """Whether indexes of a table that ``engine`` keeps can be of that method."""
        if self.has_access_methods:
            return method not in ("fulltext", "spatial")
        # InnoDB makes a B-tree of a hash index, without a word.
        return method in self.index_methods and (method != "hash" or engine == "MEMORY")


def is_basic(name: str) -> bool:
    """Whether all characters are on the basic plane of Unicode."""
    return all(char <= "\uffff" for char in name)


def _refuse_nul(value: str, what: str) -> None:
    if "\0" in value:
        raise OperationError(
            f"The {what} {value!r} holds a NUL character, which no database can store in SQL. "
            f"Leave the character out."
        )
