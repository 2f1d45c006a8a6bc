"""Facts of what stands around tables, in the database's own words."""

from __future__ import annotations

from dataclasses import dataclass

Settings = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Object:
    """What a database holds that no other fact says: a function, an extension, a policy.

    ``sql`` makes it in the database's own words, ``drop`` takes it away; what goes with another
    thing has no ``drop``. ``session`` are the settings and their values, as SET takes them, under
    which the words mean what they say. ``name`` has a function's arguments in it; ``on`` is the
    table or view that it belongs to.
    """

    kind: str
    name: str
    sql: str
    drop: str = ""
    schema: str | None = None
    session: Settings = ()
    on: str = ""


@dataclass(frozen=True, slots=True)
class Apart:
    """What stands at a table, by its key, and neither its facts nor a model can hold.

    ``kind`` is in words (``a policy``, ``rights of others``), ``name`` is what people know it by.
    """

    table: tuple[str | None, str]
    kind: str
    name: str


Node = tuple[str, str | None, str]
"""A family of names (``relation``, ``type``, ``routine``, ...), a schema, and a name in it."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around the tables. ``needs`` are pairs of a node and one that it is built on,
    ``named`` those of a routine and what its text names, of which the database knows nothing.

    ``database`` is what Django has to be told to make another database like this one: the settings
    of a test database, such as CHARSET.
    """

    schemas: tuple[str, ...] = ()
    objects: tuple[Object, ...] = ()
    needs: frozenset[tuple[Node, Node]] = frozenset()
    database: tuple[tuple[str, str], ...] = ()
    named: frozenset[tuple[Node, Node]] = frozenset()
