"""Names of tables, columns and labels -> names in Python: valid, unique, the same in each run.

Only ``a`` to ``z``, digits and single underscores come out, whatever goes in.
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Callable, Container

from django.db import models

from kit_django.codegen.words import singular

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_RESERVED_PATTERN = re.compile(r"get_\w+_display|get_(next|previous)_by_\w+|_check_\w+")

RESERVED_FIELD_NAMES = frozenset(
    {
        *dir(models.Model),
        *(
            "_meta",
            "objects",
            "pk",
            "Meta",
            "DoesNotExist",
            "MultipleObjectsReturned",
            "NotUpdated",
        ),
        "models",  # a field of that name would hide the module in the class body
        "settings",
        "self",  # Model(self=...) and filter(self=...) could not be called
    }
)
RESERVED_CLASS_NAMES = frozenset(
    {
        *("Meta", "Model", "Q", "F", "Now", "RawSQL", "Decimal", "Lower", "Upper", "Cast"),
        *("Index", "ArrayField", "HStoreField", "SearchVectorField", "OpClass"),
        *("GinIndex", "GistIndex", "BrinIndex", "HashIndex", "SpGistIndex", "BloomIndex"),
        *("TransactionNow", "RandomUUID", "ExclusionConstraint", "DatabaseTypeField"),
    }
)


def field_name(column: str, taken: Container[str] = ()) -> str:
    """The name of a column's field: ``CustomerID`` -> ``customer_id``."""
    name = snake_case(column) or "field"
    if name[0].isdigit():
        name = f"field_{name}"
    if is_reserved_field_name(name):
        name = f"{name}_field"
    return unique(name, taken)


def relation_name(column: str) -> str:
    """The name of a foreign key's field, from its column: ``author_id`` -> ``author``."""
    name = snake_case(column)
    stripped = re.sub(r"_(id|fk|uuid)$", "", name)
    return field_name(stripped if stripped != "id" else name)


def is_reserved_field_name(name: str) -> bool:
    return (
        keyword.iskeyword(name)
        or name in RESERVED_FIELD_NAMES
        or _RESERVED_PATTERN.fullmatch(name) is not None
    )


def class_name(table: str, taken: Container[str] = ()) -> str:
    """The name of a table's model: ``order_details`` -> ``OrderDetail``.

    ``taken`` holds names in lower case: Django tells models apart without regard to case.
    """
    name = camel_case(singular(snake_case(table))) or "Table"
    if name[0].isdigit():
        name = f"Table{name}"
    if keyword.iskeyword(name) or name in RESERVED_CLASS_NAMES:
        name = f"{name}Model"
    return unique_class_name(name, taken)


def unique_class_name(name: str, taken: Container[str]) -> str:
    """The name, with a number behind it where ``taken``, which is in lower case, has it."""
    return unique(name, taken, key=str.lower, separator="")


def member_name(label: str, taken: Container[str] = ()) -> str:
    """The name of a label among its choices: ``PG-13`` -> ``PG_13``."""
    name = snake_case(label, split_case=False).upper() or "EMPTY"
    if name[0].isdigit():
        name = f"VALUE_{name}"
    return unique(name, taken)


def unique(
    name: str,
    taken: Container[str],
    *,
    key: Callable[[str], str] = str,
    separator: str = "_",
) -> str:
    """The name, with a number behind it where it is taken."""
    number, candidate = 1, name
    while key(candidate) in taken:
        number += 1
        candidate = f"{name}{separator}{number}"
    return candidate


def snake_case(text: str, *, split_case: bool = True) -> str:
    """Lower-case words of ASCII letters and digits with one underscore between them."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    parts = re.findall(r"[A-Za-z0-9]+", ascii_text)
    if split_case:
        parts = [word for part in parts for word in _HUMP.split(part)]
    return "_".join(parts).lower()


def camel_case(text: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in text.split("_"))
