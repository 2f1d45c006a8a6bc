"""Names of tables, columns and labels -> names in Python: valid, unique, the same in each run.

What goes in may be anything. What comes out is in the same script, as Python takes it for a name;
in ASCII where the settings ask for that.
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Callable, Container, Iterator

from django.db import models

from kit_django.codegen.words import singular
from kit_django.conf import get_ascii_names

LETTERS = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "þ": "th", "ð": "d"}
CAPITALS = {"ẞ": "SS", "Æ": "Ae", "Œ": "Oe", "Ø": "O", "Đ": "D", "Ł": "L", "Þ": "Th", "Ð": "D"}
_ASCII = str.maketrans(LETTERS | CAPITALS)
LONGEST_SIGNS = 3
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
    if not name.isidentifier():
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
    if not name.isidentifier():
        name = f"Table{name}"
    if keyword.iskeyword(name) or name in RESERVED_CLASS_NAMES:
        name = f"{name}Model"
    return unique_class_name(name, taken)


def unique_class_name(name: str, taken: Container[str]) -> str:
    """The name, with a number behind it where ``taken``, which is in lower case, has it."""
    return unique(name, taken, key=str.lower, separator="")


def member_name(label: str, taken: Container[str] = ()) -> str:
    """The name of a label among its choices: ``PG-13`` -> ``PG_13``."""
    name = snake_case(label, split_case=False).upper() or _signs(label)
    if not name.isidentifier():
        name = f"VALUE_{name}"
    return unique(name, taken)


def _signs(label: str) -> str:
    """What signs are called: ``+`` is a ``PLUS_SIGN``."""
    names = [unicodedata.name(each, "") for each in label.strip()[:LONGEST_SIGNS]]
    said = "_".join(filter(None, names)) if len(label.strip()) <= LONGEST_SIGNS else "VALUE"
    return snake_case(said, split_case=False).upper() or ("VALUE" if label.strip() else "EMPTY")


def unique(
    name: str,
    taken: Container[str],
    *,
    key: Callable[[str], str] = str,
    separator: str = "_",
) -> str:
    """The name, in the form in which Python reads it, with a number behind it where it is taken."""
    name = unicodedata.normalize("NFKC", name)
    number, candidate = 1, name
    while key(candidate) in taken:
        number += 1
        candidate = f"{name}{separator}{number}"
    return candidate


def snake_case(text: str, *, split_case: bool = True, ascii_only: bool | None = None) -> str:
    """Lower-case words of letters and digits with one underscore between them."""
    if get_ascii_names() if ascii_only is None else ascii_only:
        text = unicodedata.normalize("NFKD", text.translate(_ASCII))
        text = text.encode("ascii", "ignore").decode()
    # Python reads names in that form, and keywords are compared with them as texts.
    text = unicodedata.normalize("NFKC", text)
    text = "".join(each if _is_of_name(each) else " " for each in text)
    words = [each for each in map(_without_marks_before, text.split()) if each]
    if split_case:
        words = [each for word in words for each in _humps(word)]
    return unicodedata.normalize("NFKC", "_".join(words).lower())


def _is_of_name(character: str) -> bool:
    return character != "_" and f"a{character}".isidentifier()


def _without_marks_before(word: str) -> str:
    """Less accents that stand on nothing: they would go to what comes to stand before the word."""
    while word and unicodedata.category(word[0]).startswith("M"):
        word = word[1:]
    return word


def _humps(word: str) -> Iterator[str]:
    """``CustomerID`` -> ``Customer``, ``ID``; ``HTMLText`` -> ``HTML``, ``Text``."""
    start = 0
    for at in range(1, len(word)):
        before, here, after = word[at - 1], word[at], word[at + 1 : at + 2]
        is_new = not before.isupper() or after.islower()
        if here.isupper() and is_new:
            yield word[start:at]
            start = at
    yield word[start:]


def camel_case(text: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in text.split("_"))
