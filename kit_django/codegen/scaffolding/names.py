"""What a migration's name says that it does, as Laravel reads it."""

from __future__ import annotations

import keyword
import re

from kit_django.exceptions import UsageError

LONGEST_NAME = 100

_SLUG = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
# What is made under these words is no table.
_OTHERS = "index|view|function|procedure|trigger|type|enum|sequence|extension|schema|role"
_PATTERNS = {
    "create": re.compile(
        rf"create_(?P<table>\w+)_table|create_(?!({_OTHERS})_)(?P<short>(?!\w*_(on|in|for|of)_)\w+)"
    ),
    "drop": re.compile(r"drop_(?P<table>\w+)_table"),
    "add": re.compile(r"add_(?P<columns>\w+)_to_(?P<table>\w+?)(_table)?"),
    "remove": re.compile(r"(drop|remove)_(?P<columns>\w+)_from_(?P<table>\w+?)(_table)?"),
    "rename column": re.compile(
        r"rename_(?P<old>\w+?)_to_(?P<new>\w+)_(in|on)_(?P<table>\w+?)(_table)?"
    ),
    "rename": re.compile(r"rename_(?P<table>\w+?)(_table)?_to_(?P<new>\w+?)(_table)?"),
    "alter": re.compile(
        r"(update|alter|change|modify)_"
        r"(\w+?_(in|on)_(?P<short>\w+?)(_table)?|(?P<table>\w+)_table)"
    ),
}


def check_name(name: str) -> None:
    """Raises UsageError for a name that no migration file can have."""
    if len(name) > LONGEST_NAME:
        raise UsageError(
            f"The name has {len(name)} characters. Use at most {LONGEST_NAME}, and say the rest "
            f"in a comment."
        )
    if not _SLUG.fullmatch(name):
        raise UsageError(
            f"{name!r} cannot be a migration's name: it must be small letters, digits and "
            f"underscores, and begin with a letter, as in create_posts_table."
        )
    if keyword.iskeyword(name):
        raise UsageError(
            f"{name!r} is a word of Python's. Say what the migration does, as in "
            f"create_posts_table."
        )


def class_name(name: str) -> str:
    """``create_posts_table`` -> ``CreatePostsTable``; never a name that is taken in the file."""
    camel = "".join(part[0].upper() + part[1:] for part in name.split("_") if part)
    taken = camel in ("Migration", "Schema") or keyword.iskeyword(camel)
    return f"{camel}Migration" if taken else camel


def understand(name: str) -> tuple[str, dict[str, str]]:
    """What kind of migration it is, ``empty`` where the name does not tell, and the parts of its name.

    ``add_email_to_users`` -> ``("add", {"columns": "email", "table": "users"})``.
    """
    for kind, pattern in _PATTERNS.items():
        if match := pattern.fullmatch(name):
            parts = {part: text for part, text in match.groupdict().items() if text}
            if "short" in parts:
                parts["table"] = parts.pop("short")
            return kind, parts
    return "empty", {}
