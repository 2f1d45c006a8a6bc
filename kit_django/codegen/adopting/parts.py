"""What a database has, as parts of a migration: each thing's lines in ``up()`` and in ``down()``."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from kit_django.schema.facts import Node, Settings

Lines = tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """One thing that a database has.

    ``up`` and ``down`` are lines of Python. ``text`` says the same in the database's own words,
    where ``up`` is kit's operations. ``session`` is what the session has to go by meanwhile.
    ``said_by`` is the table whose own words, where they are taken, say this too.
    """

    node: Node
    up: Lines
    down: Lines = ()
    text: Part | None = None
    session: Settings = ()
    said_by: Node | None = None
    makes_table: bool = False

    @property
    def title(self) -> str:
        """What messages call it."""
        family, schema, name = self.node
        return f"{family} {schema}.{name}" if schema else f"{family} {name}"


def in_own_words(parts: Sequence[Part], nodes: Collection[Node]) -> tuple[Part, ...]:
    """The same with those nodes said by the database's own text, and what that says too left out."""
    in_text = {*nodes, *(part.node for part in parts if part.text is None)}
    return tuple(
        part.text if part.text and part.node in nodes else part
        for part in parts
        if part.said_by not in in_text
    )
