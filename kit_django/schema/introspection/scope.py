"""What an introspection is asked for, the same for every database."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

Key = tuple[str | None, str]
"""``Table.key``: the schema (None: the connection's default) and the name."""


@dataclass(frozen=True, slots=True)
class Scope:
    """``tables`` None is the whole default schema, and with it the named ``schemas``.

    Tables that are asked for by name are read whatever they are; ``views`` and ``partitions``
    say whether a whole schema's are wanted too. ``types`` adds enums, domains, sequences and
    such, which belong to no table.
    """

    tables: tuple[Key, ...] | None = None
    schemas: tuple[str, ...] = ()
    views: bool = False
    partitions: bool = False
    types: bool = True

    @classmethod
    def of(
        cls,
        tables: Collection[str | Key] | None,
        schemas: Collection[str] | None,
        *,
        views: bool = False,
        partitions: bool = False,
    ) -> Scope:
        keys = None if tables is None else tuple(dict.fromkeys(as_key(each) for each in tables))
        return cls(keys, tuple(schemas or ()), views=views, partitions=partitions)

    @classmethod
    def one(cls, key: Key) -> Scope:
        return cls((key,), views=True, partitions=True, types=False)


def as_key(table: str | Key) -> Key:
    return (None, table) if isinstance(table, str) else table


def in_order(key: Key) -> tuple[str, str]:
    """For sorting keys: the default schema first, and the same under every collation."""
    return (key[0] or "", key[1])
