"""What a column can begin as: some databases keep a default that no row can ever have."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from django.core import validators
from django.core.exceptions import ValidationError
from django.db import models

from kit_django.exceptions import OperationError
from kit_django.meant import did_you_mean
from kit_django.operations.definitions.enums import enum_of
from kit_django.operations.definitions.kinds import Field
from kit_django.schema import facts
from kit_django.schema.catalog import Catalog
from kit_django.schema.dialects.types import SqlType
from kit_django.schema.sql.typed import labels_of_check
from kit_django.schema.tables.dependents import check_of_type

Kind = Literal["number", "text", "time", "bytes", "other"]
_KINDS: dict[type[Field], Kind] = {
    models.IntegerField: "number",
    models.DecimalField: "number",
    models.FloatField: "number",
    models.BooleanField: "number",
    models.CharField: "text",
    models.TextField: "text",
    models.DateField: "time",
    models.TimeField: "time",
    models.BinaryField: "bytes",
    models.DurationField: "other",
    models.GenericIPAddressField: "other",
    models.JSONField: "other",
    models.UUIDField: "other",
}


OF_SOME_TYPES: dict[str, tuple[Kind, ...]] = {
    "use_current": ("time", "text"),
    "use_current_on_update": ("time",),
    "collation": ("text",),
}
"""Which modifiers are said of which kinds of columns."""


def kind_of(field: Field) -> Kind | None:
    """None for a field of which only its own database can say what it holds."""
    if not type(field).__module__.startswith(("django.db.models", "kit_django.fields")):
        return None
    return next((kind for of, kind in _KINDS.items() if isinstance(field, of)), None)


def refuse_contradictions(modifiers: Mapping[str, Any]) -> None:
    """Raises OperationError for what would be passed over beside something else."""
    default = modifiers.get("default")
    if callable(default):
        raise OperationError(
            f"default={default!r} is a function of Python's, which a database cannot call. Give a "
            "value or an expression such as Now(); for the present time, use_current=True."
        )
    if "stored" in modifiers and "generated_as" not in modifiers:
        raise OperationError("stored= is said of generated columns. Say generated_as= too.")
    given = {"default": default is not None, "use_current": modifiers.get("use_current")}
    given["generated_as"] = "generated_as" in modifiers
    asked = [f"{name}=" for name, is_asked in given.items() if is_asked]
    if len(asked) > 1:
        raise OperationError(
            f"{' and '.join(asked)} each say what stands in the column. Leave one of them out."
        )


def refuse_misfits(modifiers: Mapping[str, Any], field: Field, what: str) -> None:
    """Raises OperationError for what is said of other types than the column's."""
    _refuse_default(modifiers.get("default"), field, what)
    if field.db_default is not models.NOT_PROVIDED:
        _refuse_default(field.db_default, field, what)
    kind = kind_of(field)
    for modifier, kinds in OF_SOME_TYPES.items():
        if modifiers.get(modifier) and kind is not None and kind not in kinds:
            raise OperationError(
                f"{modifier}= is said of columns that hold a {kinds[0]}, and {what}, of "
                f"{type(field).__name__}, holds none. Leave it out, or give it another type."
            )


def _refuse_default(default: Any, field: Field, what: str) -> None:
    """Raises OperationError for a default that is no value of the field's, or another than was said."""
    value = default.value if isinstance(default, models.Value) else default
    kind = kind_of(field)
    if value is None or kind is None:
        return
    is_expression = hasattr(value, "resolve_expression")
    find = _problem_of_expression if is_expression else _problem
    if problem := find(value, field, kind):
        raise OperationError(f"default={value!r} is nothing that {what} can hold: {problem}")


def _problem_of_expression(expression: Any, _field: Field, kind: Kind) -> str:
    made = getattr(expression, "_output_field_or_none", None)
    if isinstance(made, models.DateField | models.TimeField) and kind not in ("time", "text"):
        return "it is a time, and the column holds none."
    return ""


def _problem(value: Any, field: Field, kind: Kind) -> str:
    """A text that is no address or slug is the application's matter: the column holds it."""
    if isinstance(field, models.JSONField):
        return _problem_of_json(value, field)
    if kind == "bytes" and isinstance(value, str):
        return f"it holds bytes. Did you mean default={value.encode()!r}?"
    if isinstance(value, bool) and not isinstance(field, models.BooleanField):
        return f"it holds no booleans. Did you mean default={_of_kind(value, kind)!r}?"
    try:
        held = field.to_python(value)
        for limit in field.validators:
            if kind != "text" or isinstance(limit, validators.MaxLengthValidator):
                limit(held)
    except ValidationError as error:
        return " ".join(error.messages) + _meant(value, field)
    except (TypeError, ValueError):
        return f"it is no value of {type(field).__name__}."
    if isinstance(value, str) or _are_equal(held, value):
        return ""
    return f"it would become {held!r}. Say what is meant."


def _are_equal(held: Any, value: Any) -> bool:
    """A fraction such as 0.1 is no decimal to the last digit, and is meant as one."""
    return bool(held == value or (isinstance(value, float) and float(held) == value))


def _of_kind(value: bool, kind: Kind) -> Any:
    return int(value) if kind == "number" else str(value).lower()


def _meant(value: Any, field: Field) -> str:
    words = str(value).lower()
    if isinstance(field, models.BooleanField) and words in ("true", "false", "yes", "no"):
        return f" Did you mean default={words in ('true', 'yes')}?"
    if kind_of(field) == "time" and words.startswith(("now", "current")):
        return " Did you mean use_current=True?"
    return ""


def _problem_of_json(value: Any, field: models.JSONField[Any, Any]) -> str:
    try:
        json.dumps(value, cls=field.encoder)
    except (TypeError, ValueError) as error:
        return f"{error}."
    if isinstance(value, str) and value.strip().startswith(("{", "[")):
        return "it would be a text within the JSON. Give the value itself, without quotes."
    return ""


def refuse_swallowed(field: Field) -> None:
    """Raises OperationError for what a Django field says that would not reach its column."""
    has_value = field.has_default() and not callable(field.default)
    if has_value and field.db_default is models.NOT_PROVIDED:
        raise OperationError(
            f"default={field.default!r} of {type(field).__name__} is the model's, and the database "
            "would not have it. Say db_default= in the field, or default= beside it."
        )
    for option in ("auto_now", "auto_now_add"):
        if getattr(field, option, False):
            raise OperationError(
                f"{option}= is the model's, and the database would not have it. Say "
                "use_current=True beside the field for the time at which a row is made."
            )
    if field.db_column:
        raise OperationError(
            f"db_column={field.db_column!r} is said of a column that has its name already, the one "
            "before the field. Leave it out."
        )
    length = getattr(field, "max_length", None)
    if length is not None and kind_of(field) == "text" and length < 1:
        raise OperationError(f"max_length={length} is no length. Say at least 1.")


def labels_of(column: facts.Column, table: facts.Table, catalog: Catalog) -> tuple[str, ...]:
    """The texts that an enum's column can hold; none for a column of another type."""
    parsed = SqlType.parse(column.type)
    if catalog.dialect.enums == "column":
        return parsed.arguments if parsed.name == "enum" else ()
    if catalog.dialect.enums == "type":
        enum = enum_of(column, catalog)
        return enum.labels if enum else ()
    check = check_of_type(table, column.name, catalog.dialect)
    return labels_of_check(check.sql, column.name, catalog.dialect) if check else ()


def refuse_unknown_label(default: Any, labels: Iterable[str], what: str) -> None:
    """Raises OperationError for a default that is none of an enum's texts; there may be no enum."""
    value = default.value if isinstance(default, models.Value) else default
    known = tuple(labels)
    if not known or value is None or hasattr(value, "resolve_expression") or value in known:
        return
    hint = did_you_mean(str(value), known, "default={!r}")
    raise OperationError(
        f"default={value!r} is none of the enum's texts of {what}: {', '.join(map(repr, known))}.{hint}"
    )
