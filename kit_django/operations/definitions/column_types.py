"""The column methods: short forms of Django fields, named as Laravel names them.

Each is said as ``table.string("name", ...)``, ``table.change("name").string(...)`` and
``.was.string(...)``, and returns the ``ColumnSpec`` that these make a column of. The
column type that Django makes of the field on each database is in the docstring as
*PostgreSQL / MariaDB / SQLite*.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Unpack

from django.db import models
from django.db.models.functions import Now

from kit_django.exceptions import OperationError
from kit_django.operations.definitions.column import ColumnSpec, Modifiers
from kit_django.operations.definitions.column_method import ColumnMethod, named
from kit_django.operations.definitions.constraint import (
    DeferrableChoice,
    ForeignKeyDefinition,
    action,
)
from kit_django.operations.definitions.defaults import refuse_swallowed
from kit_django.operations.definitions.kinds import Condition, Count, Field, Places
from kit_django.operations.objects import enum_labels
from kit_django.schema.dialects import DIALECTS


class ColumnMethods:
    """All that a column can be said to be."""

    @ColumnMethod
    def string(self, max_length: Count = 255, **modifiers: Unpack[Modifiers]) -> ColumnSpec:
        """Text of limited length: varchar(n) on all three."""
        return ColumnSpec(models.CharField(max_length=max_length), modifiers=modifiers)

    @ColumnMethod
    def char(self, length: Count = 1, **modifiers: Unpack[Modifiers]) -> ColumnSpec:
        """Text of a fixed length: char(n) on all three."""
        return ColumnSpec(_typed_char(length), modifiers=modifiers)

    @ColumnMethod
    def text(self, **modifiers: Unpack[Modifiers]) -> ColumnSpec:
        """Text of any length: text / longtext / text."""
        return ColumnSpec(models.TextField(), modifiers=modifiers)

    @ColumnMethod
    def email(self, max_length: Count = 254, **modifiers: Unpack[Modifiers]) -> ColumnSpec:
        """An e-mail address: varchar(254) on all three."""
        return ColumnSpec(models.EmailField(max_length=max_length), modifiers=modifiers)

    @ColumnMethod
    def url(self, max_length: Count = 200, **modifiers: Unpack[Modifiers]) -> ColumnSpec:
        """A URL: varchar(200) on all three."""
        return ColumnSpec(models.URLField(max_length=max_length), modifiers=modifiers)

    @ColumnMethod
    def slug(self, max_length: Count = 50, **modifiers: Unpack[Modifiers]) -> ColumnSpec:
        """A slug: varchar(50) on all three. No index, unlike Django's field, unless ``index=True``."""
        return ColumnSpec(
            models.SlugField(max_length=max_length, db_index=False), modifiers=modifiers
        )

    @ColumnMethod
    def small_integer(self, **modifiers: Unpack[Modifiers]) -> ColumnSpec:
        """Two bytes, signed: smallint on all three."""
        return ColumnSpec(models.SmallIntegerField(), modifiers=modifiers)

    @ColumnMethod
    def integer(self, **modifiers: Unpack[Modifiers]) -> ColumnSpec:
        """Four bytes, signed: integer / int / integer."""
        return ColumnSpec(models.IntegerField(), modifiers=modifiers)

    @ColumnMethod
    def big_integer(self, **modifiers: Unpack[Modifiers]) -> ColumnSpec:
        """Eight bytes, signed: bigint on all three."""
        return ColumnSpec(models.BigIntegerField(), modifiers=modifiers)

    @ColumnMethod
    def unsigned_small_integer(self, **modifiers: Unpack[Modifiers]) -> ColumnSpec:
        """Zero or more: smallint with a check / smallint unsigned / smallint unsigned with a check."""
        return ColumnSpec(models.PositiveSmallIntegerField(), modifiers=modifiers)

    positive_small_integer = unsigned_small_integer

    @ColumnMethod
    def unsigned_integer(self, **modifiers: Unpack[Modifiers]) -> ColumnSpec:
        """Zero or more: integer with a check / int unsigned / integer unsigned with a check."""
        return ColumnSpec(models.PositiveIntegerField(), modifiers=modifiers)

    positive_integer = unsigned_integer

    @ColumnMethod
    def unsigned_big_integer(self, **modifiers: Unpack[Modifiers]) -> ColumnSpec:
        """Zero or more: bigint with a check / bigint unsigned / bigint unsigned with a check."""
        return ColumnSpec(models.PositiveBigIntegerField(), modifiers=modifiers)

    positive_big_integer = unsigned_big_integer

    @ColumnMethod
    def boolean(self, **modifiers: Unpack[Modifiers]) -> ColumnSpec:
        """True or false: boolean / tinyint(1) / bool."""
        return ColumnSpec(models.BooleanField(), modifiers=modifiers)

    @ColumnMethod
    def decimal(
        self, max_digits: Count = 8, decimal_places: Places = 2, **modifiers: Unpack[Modifiers]
    ) -> ColumnSpec:
        """An exact number: numeric(8,2) / decimal(8,2) / decimal."""
        if decimal_places > max_digits:
            raise OperationError(
                f"max_digits={max_digits} has no room for {decimal_places} decimal places. Say how "
                "many digits there are in all."
            )
        field: models.DecimalField[Any, Any] = models.DecimalField(
            max_digits=max_digits, decimal_places=decimal_places
        )
        return ColumnSpec(field, modifiers=modifiers)

    @ColumnMethod
    def float(self, **modifiers: Unpack[Modifiers]) -> ColumnSpec:
        """A floating-point number: double precision / double / real."""
        return ColumnSpec(models.FloatField(), modifiers=modifiers)

    @ColumnMethod
    def date(self, **modifiers: Unpack[Modifiers]) -> ColumnSpec:
        """A day: date on all three."""
        return ColumnSpec(models.DateField(), modifiers=modifiers)

    @ColumnMethod
    def datetime(self, **modifiers: Unpack[Modifiers]) -> ColumnSpec:
        """A point in time, as Django keeps it: timestamp with time zone / datetime(6) / datetime."""
        return ColumnSpec(models.DateTimeField(), modifiers=modifiers)

    @ColumnMethod
    def time(self, **modifiers: Unpack[Modifiers]) -> ColumnSpec:
        """A time of day: time / time(6) / time."""
        return ColumnSpec(models.TimeField(), modifiers=modifiers)

    @ColumnMethod
    def duration(self, **modifiers: Unpack[Modifiers]) -> ColumnSpec:
        """A span of time: interval / bigint (microseconds) / bigint (microseconds)."""
        return ColumnSpec(models.DurationField(), modifiers=modifiers)

    @ColumnMethod
    def timestamp(self, **modifiers: Unpack[Modifiers]) -> ColumnSpec:
        """A point in time, Laravel's name for ``datetime``."""
        return ColumnSpec(models.DateTimeField(), modifiers=modifiers)

    @ColumnMethod
    def json(self, **modifiers: Unpack[Modifiers]) -> ColumnSpec:
        """A JSON document: jsonb / longtext with a check on MariaDB, json on MySQL / text with a check."""
        return ColumnSpec(models.JSONField(), modifiers=modifiers)

    @ColumnMethod
    def uuid(self, **modifiers: Unpack[Modifiers]) -> ColumnSpec:
        """A UUID: uuid / uuid (char(32) before MariaDB 10.7 and on MySQL) / char(32)."""
        return ColumnSpec(models.UUIDField(), modifiers=modifiers)

    @ColumnMethod
    def binary(self, **modifiers: Unpack[Modifiers]) -> ColumnSpec:
        """Bytes: bytea / longblob / BLOB."""
        return ColumnSpec(models.BinaryField(), modifiers=modifiers)

    @ColumnMethod
    def ip_address(self, **modifiers: Unpack[Modifiers]) -> ColumnSpec:
        """An IPv4 or IPv6 address: inet / char(39) / char(39)."""
        return ColumnSpec(models.GenericIPAddressField(), modifiers=modifiers)

    @ColumnMethod
    def mac_address(self, **modifiers: Unpack[Modifiers]) -> ColumnSpec:
        """The address of a network card: macaddr / varchar(17) / varchar(17)."""
        return ColumnSpec(own=("mac_address", ()), modifiers=modifiers)

    @ColumnMethod
    def ulid(self, **modifiers: Unpack[Modifiers]) -> ColumnSpec:
        """A ULID, which the application makes: char(26) on all three."""
        return ColumnSpec(_typed_char(26), modifiers=modifiers)

    @ColumnMethod
    def year(self, **modifiers: Unpack[Modifiers]) -> ColumnSpec:
        """A year: smallint / year / smallint."""
        return ColumnSpec(own=("year", ()), modifiers=modifiers)

    @ColumnMethod
    def set_of(self, values: Sequence[str], **modifiers: Unpack[Modifiers]) -> ColumnSpec:
        """Any of some texts, as one value: set(...) on MariaDB and MySQL, which alone have it."""
        labels = enum_labels(values)
        if any("," in label for label in labels):
            raise OperationError("A set's texts stand between commas, and hold none.")
        return ColumnSpec(own=("set", labels), modifiers=modifiers)

    @ColumnMethod
    def vector(self, dimensions: Count, **modifiers: Unpack[Modifiers]) -> ColumnSpec:
        """So many numbers, as of an embedding: vector(n), of PostgreSQL's extension and of MariaDB 11.7."""
        return ColumnSpec(own=("vector", (dimensions,)), modifiers=modifiers)

    @named("remember_token")
    def remember_token(self, **modifiers: Unpack[Modifiers]) -> ColumnSpec:
        """Laravel's token for "remember me": a nullable varchar(100) on all three."""
        modifiers.setdefault("null", True)
        return ColumnSpec(models.CharField(max_length=100), modifiers=modifiers)

    @ColumnMethod
    def enum(
        self, values: Sequence[str], type_name: str | None = None, **modifiers: Unpack[Modifiers]
    ) -> ColumnSpec:
        """One of some texts: a type of its own / enum(...) / varchar with a check.

        ``type_name`` names PostgreSQL's type; without it that is made of the table and the column.
        """
        return ColumnSpec(enum=(type_name or "", enum_labels(values)), modifiers=modifiers)

    @named("id")
    def id(self, **modifiers: Unpack[Modifiers]) -> ColumnSpec:
        """A numbered primary key: bigint identity / bigint auto_increment / integer autoincrement."""
        modifiers.setdefault("primary_key", True)
        return ColumnSpec(models.BigAutoField(primary_key=True), modifiers=modifiers)

    big_id = id  # noqa: A003

    @named("id")
    def uuid_id(self, **modifiers: Unpack[Modifiers]) -> ColumnSpec:
        """A UUID as the primary key; the application makes its values."""
        modifiers.setdefault("primary_key", True)
        return ColumnSpec(models.UUIDField(), modifiers=modifiers)

    @ColumnMethod
    def foreign_id(
        self,
        references: str | None = None,
        *,
        column: str | None = None,
        on_delete: str = "no action",
        on_update: str = "no action",
        deferrable: DeferrableChoice = "default",
        **modifiers: Unpack[Modifiers],
    ) -> ColumnSpec:
        """A column that refers to another table's key, of exactly that key's type, with an index.

        ``column`` names another column than the primary key. Without ``references`` it is a plain
        bigint. ``index=False`` leaves the index out (MariaDB makes one for any foreign key).
        """
        reference = _reference(references, column, on_delete, on_update, deferrable)
        return _referring(models.BigIntegerField(), reference, modifiers)

    @ColumnMethod
    def foreign_uuid(
        self,
        references: str | None = None,
        *,
        column: str | None = None,
        on_delete: str = "no action",
        on_update: str = "no action",
        deferrable: DeferrableChoice = "default",
        **modifiers: Unpack[Modifiers],
    ) -> ColumnSpec:
        """As ``foreign_id``; without ``references`` a plain UUID column."""
        reference = _reference(references, column, on_delete, on_update, deferrable)
        return _referring(models.UUIDField(), reference, modifiers)

    @ColumnMethod
    def generated(
        self,
        expression: Condition,
        field: Field,
        **modifiers: Unpack[Modifiers],
    ) -> ColumnSpec:
        """A column that the database computes: ``expression`` is SQL or a Django expression.

        It is stored, unless ``stored=False`` has it computed when it is read.
        """
        modifiers.setdefault("null", True)
        modifiers["generated_as"] = expression
        return ColumnSpec(field, modifiers=modifiers)

    @ColumnMethod
    def column(self, field: Field, **modifiers: Unpack[Modifiers]) -> ColumnSpec:
        """Any Django field. What the field says itself (null, unique, db_default, ...) counts too."""
        if isinstance(field, models.ManyToManyField):
            raise OperationError(
                "A ManyToManyField is a table. Make the link table with create_table."
            )
        if isinstance(field, models.ForeignKey):
            raise OperationError("Use foreign_id(..., references=...) in place of a ForeignKey.")
        refuse_swallowed(field)
        modifiers.setdefault("null", field.null or isinstance(field, models.GeneratedField))
        if field.primary_key:
            modifiers.setdefault("primary_key", True)
        elif field.unique:
            modifiers.setdefault("unique", True)
        elif getattr(field, "db_index", False):
            modifiers.setdefault("index", True)
        return ColumnSpec(field, modifiers=modifiers)

    @named("deleted_at")
    def soft_deletes(self) -> ColumnSpec:
        """A nullable point in time, as Laravel's."""
        return ColumnSpec(models.DateTimeField(), modifiers={"null": True})


def _typed_char(length: int) -> models.Field[Any, Any]:
    from kit_django.fields import TypedCharField

    db_types = dict.fromkeys(DIALECTS, f"char({length})")
    return TypedCharField(max_length=length, db_types=db_types)


def timestamps_column() -> ColumnSpec:
    """One of the two columns of ``timestamps()``: not null, and now unless told otherwise."""
    return ColumnSpec(models.DateTimeField(), modifiers={"default": Now()})


def _reference(
    references: str | None,
    column: str | None,
    on_delete: str,
    on_update: str,
    deferrable: DeferrableChoice,
) -> ForeignKeyDefinition | None:
    if references is None:
        _refuse_without_reference(column, on_delete, on_update, deferrable)
        return None
    return ForeignKeyDefinition(
        columns=(),
        table=references,
        to_columns=(column,) if column else (),
        on_delete=action(on_delete),
        on_update=action(on_update),
        deferrable=deferrable,
    )


def _refuse_without_reference(
    column: str | None, on_delete: str, on_update: str, deferrable: DeferrableChoice
) -> None:
    said = {
        "column": column is not None,
        "on_delete": on_delete != "no action",
        "on_update": on_update != "no action",
        "deferrable": deferrable != "default",
    }
    for option, is_said in said.items():
        if is_said:
            raise OperationError(
                f"{option}= is said of a foreign key, and the column refers to no table. Say which "
                "one with references=, or leave it out."
            )


def _referring(
    plain: models.Field[Any, Any], reference: ForeignKeyDefinition | None, modifiers: Modifiers
) -> ColumnSpec:
    modifiers.setdefault("index", True)
    if reference is None:
        return ColumnSpec(plain, modifiers=modifiers)
    return ColumnSpec(reference=reference, modifiers=modifiers)
