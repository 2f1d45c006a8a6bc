"""Random blocks of ``alter_table``, as lines of a migration, and a plain model of what each change does.

The model knows rows and names, and nothing of the product's but how it makes a name: what it says of a
table is compared with what the database holds after ``up()``. ``must`` has why the block has to be
refused, ``may`` why a database is free to.
"""

from __future__ import annotations

import copy
import datetime
import itertools
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from kit_django.schema.names import Suffix, default_name

if TYPE_CHECKING:
    from collections.abc import Callable

    Draw = Callable[[st.SearchStrategy[Any]], Any]
    Change = Callable[[Draw, "Model"], list[str]]

NAMES = ["a", "b", "c", 'q"u', "Mixed Case"]
PARENTS = (1, 2, 3)
"""The keys of the rows of ``p``, the table that is referred to."""


@dataclass(frozen=True)
class Kind:
    """A type of column: how it is said, what stands in it, and what it may become."""

    method: str
    options: str
    values: st.SearchStrategy[Any]
    becomes: tuple[str, ...] = ()
    is_indexable: bool = True
    has_default: bool = True

    def said(self, name: str, *more: str) -> str:
        given = filter(None, (name and repr(name), self.options, *more))
        return f"{self.method}({', '.join(given)})"


LABELS = {"enum": ["x", "it's", "a,ä"], "wider": ["new", "x", "a,ä", "it's"]}
KINDS = {
    "string": Kind(
        "string", "max_length=20", st.sampled_from(["", "x", "it's", "ä"]), ("long", "enum")
    ),
    "long": Kind("string", "max_length=60", st.sampled_from(["", "x", "long " * 9]), ("text",)),
    "text": Kind(
        "text",
        "",
        st.sampled_from(["x", "line\nline", "50%"]),
        is_indexable=False,
        has_default=False,
    ),
    "integer": Kind("integer", "", st.integers(-2, 4), ("big", "string")),
    "big": Kind("big_integer", "", st.integers(0, 4), ("string", "decimal")),
    "decimal": Kind(
        "decimal",
        "max_digits=8, decimal_places=2",
        st.sampled_from([Decimal("0.00"), Decimal("1.50")]),
    ),
    "date": Kind("date", "", st.just(datetime.date(2020, 2, 29))),
    "boolean": Kind("boolean", "", st.booleans()),
    "enum": Kind("enum", repr(LABELS["enum"]), st.sampled_from(LABELS["enum"]), ("wider", "long")),
    "wider": Kind("enum", repr(LABELS["wider"]), st.sampled_from(LABELS["wider"]), ("enum",)),
    "json": Kind("json", "", st.sampled_from([{"a": [1, "ä"]}, [], "it's", 5]), is_indexable=False),
}
_NUMBERS = itertools.count(1)


@dataclass(eq=False)
class Column:
    name: str
    kind: str
    null: bool
    default: Any = None
    doubles: Column | None = None
    """What a generated column is computed from."""
    number: int = field(default_factory=lambda: next(_NUMBERS))
    """What tells it from all others, whatever it is called."""

    def modifiers(self) -> list[str]:
        default = [] if self.default is None else [f"default={self.default!r}"]
        return [f"null={self.null}", *default]

    def said(self, name: str = "", *more: str) -> str:
        if self.doubles is not None:
            doubled = f"F({self.doubles.name!r}) * 2, models.IntegerField(), null=True"
            return f"generated({', '.join(filter(None, (name and repr(name), doubled)))})"
        return KINDS[self.kind].said(name, *self.modifiers(), *more)


@dataclass(eq=False)
class Part:
    """An index, a unique, a check or a foreign key; ``options`` are as they are written, and of a
    check what follows the column, in quotes of the database's own."""

    what: str
    name: str
    columns: list[Column]
    options: str = ""
    mark: str = ""

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    @property
    def is_unique(self) -> bool:
        return self.what == "unique" or "unique=True" in self.options

    def said(self, *, named: bool = True) -> str:
        name = f"name={self.name!r}" if named else ""
        columns = repr(self.names)
        if self.what == "check":
            column = self.mark + self.names[0].replace(self.mark, self.mark * 2) + self.mark
            return f"check({f'{column} {self.options}'!r}, {name})"
        return f"{self.what}({', '.join(filter(None, (columns, self.options, name)))})"


@dataclass
class Model:
    """What the table is by now; ``rows`` has the values by the numbers of their columns."""

    vendor: str
    columns: list[Column] = field(default_factory=list)
    rows: list[dict[int, Any]] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    in_view: list[int] = field(default_factory=list)
    in_trigger: list[int] = field(default_factory=list)
    lost: set[int] = field(default_factory=set)
    """Columns of the beginning whose values are gone."""
    must: list[str] = field(default_factory=list)
    may: list[str] = field(default_factory=list)
    made: int = 0
    key: list[Column] | None = None
    """What the primary key is of, behind ``id``; None where there is none."""
    numbers: bool = True
    """Whether ``id`` numbers the rows, and others point to it."""

    def fresh(self) -> str:
        self.made += 1
        return f"made_{self.made}"

    def values(self, *columns: Column) -> list[tuple[Any, ...]]:
        return [tuple(row[column.number] for column in columns) for row in self.rows]

    def on(self, column: Column) -> list[Part]:
        return [part for part in self.parts if column in part.columns]

    def doubled(self, column: Column) -> bool:
        return any(each.doubles is column for each in self.columns)

    @property
    def plain(self) -> list[Column]:
        return [column for column in self.columns if column.doubles is None]

    @property
    def keys(self) -> list[Column]:
        """What can be part of an index on every database."""
        return [column for column in self.plain if KINDS[column.kind].is_indexable]

    def take(self, column: Column, values: list[Any]) -> None:
        self.columns.append(column)
        for row, value in zip(self.rows, values, strict=True):
            row[column.number] = value

    def require_name(self, name: str) -> None:
        if any(column.name.lower() == name.lower() for column in self.columns):
            self.must.append(f"column {name} is there")

    def require_part(self, name: str) -> None:
        if any(part.name == name for part in self.parts):
            self.must.append(f"{name} is taken")

    def require_unique(self, columns: list[Column]) -> None:
        values = [row for row in self.values(*columns) if None not in row]
        folded = [tuple(str(value).lower() for value in row) for row in values]
        if len(set(values)) < len(values):
            self.must.append("rows are alike")
        elif len(set(folded)) < len(folded):
            self.may.append("rows are alike in a collation")
        if self.vendor == "sqlite" and any(
            part.what == "unique" and part.columns == columns for part in self.parts
        ):
            self.must.append("SQLite makes one of two that are alike")


def draw_column(draw: Draw, name: str) -> Column:
    kind = draw(st.sampled_from(sorted(KINDS)))
    default = draw(st.none() | KINDS[kind].values) if KINDS[kind].has_default else None
    return Column(name, kind, null=draw(st.booleans()), default=default)


def draw_model(draw: Draw, vendor: str) -> Model:
    """A table of two to four columns and up to three rows, with what stands on them."""
    model = Model(vendor, rows=[{} for _ in range(draw(st.integers(0, 3)))])
    model.numbers = draw(st.integers(0, 3)) > 0
    model.key = [] if model.numbers or draw(st.booleans()) else None
    n = Column("n", "integer", null=False, default=1)
    model.take(n, [draw(KINDS["integer"].values) for _ in model.rows])
    doubled = Column("g", "integer", null=True, doubles=n)
    model.take(doubled, [2 * row[n.number] for row in model.rows])
    for name in draw(st.lists(st.sampled_from(NAMES), min_size=2, max_size=3, unique=True)):
        column = draw_column(draw, name)
        values = st.none() | KINDS[column.kind].values if column.null else KINDS[column.kind].values
        model.take(column, [draw(values) for _ in model.rows])
    for add in draw(st.lists(st.sampled_from([add_index, add_unique, add_check]), max_size=2)):
        add(draw, model)
        model.parts = model.parts[: len(model.parts) - len(model.must)]
        model.must, model.may = [], []
    if draw(st.booleans()):
        model.in_view.append(draw(st.sampled_from(model.plain)).number)
    if draw(st.booleans()):
        model.in_trigger.append(draw(st.sampled_from(model.plain)).number)
    return model


def draw_block(draw: Draw, model: Model) -> tuple[Model, list[str]]:
    """The table after one to six changes, and their lines; few blocks have one that is refused."""
    may_be_wrong = draw(st.integers(0, 4)) == 0
    lines: list[str] = []
    for _ in range(draw(st.integers(1, 6))):
        tried = copy.deepcopy(model)
        more = draw(st.sampled_from(CHANGES))(draw, tried)
        if not tried.must or may_be_wrong:
            model, lines = tried, [*lines, *more]
        if model.must:
            break
    return (model, lines) if lines else (model, rename_column_to(model, model.columns[0], "new"))


# Columns


def add_column(draw: Draw, model: Model) -> list[str]:
    column = draw_column(draw, draw(st.sampled_from(NAMES)))
    model.require_name(column.name)
    if model.rows and not column.null and column.default is None:
        model.must.append("no value for rows")
    model.take(column, [column.default] * len(model.rows))
    more = []
    if KINDS[column.kind].is_indexable and draw(st.booleans()):
        part = Part("index", model.fresh(), [column])
        part.what = draw(st.sampled_from(["index", "unique"]))
        if part.what == "unique":
            model.require_unique([column])
        model.parts.append(part)
        more = [f"{part.what}={part.name!r}"]
    return [f"table.{column.said(column.name, *more)}"]


def add_reference(draw: Draw, model: Model) -> list[str]:
    column = Column(draw(st.sampled_from(NAMES)), "big", null=draw(st.booleans()))
    action = draw(st.sampled_from(["cascade", "set null", "no action", "restrict"]))
    model.require_name(column.name)
    if not column.null and action == "set null":
        model.must.append("set null of what cannot be")
    if not column.null and model.rows:
        model.must.append("no value for rows")
    model.take(column, [None] * len(model.rows))
    kinds: list[tuple[str, Suffix]] = [("index", "index"), ("foreign_key", "foreign")]
    for what, suffix in kinds:
        name = default_name("t", [column.name], suffix)
        model.require_part(name)
        model.parts.append(Part(what, name, [column], options=f"on_delete={action!r}"))
    model.parts[-2].options = ""
    return [
        f"table.foreign_id({column.name!r}, references='p', null={column.null}, on_delete={action!r})"
    ]


def drop_column(draw: Draw, model: Model) -> list[str]:
    column = draw(st.sampled_from(model.columns))
    its = model.on(column)
    if len(model.columns) == 1 or model.doubled(column):
        model.must.append("something is computed from it")
    if any(len(part.columns) > 1 for part in its) or column in (model.key or []):
        model.must.append("something stands on it and others")
    if column.number in model.in_view + model.in_trigger:
        model.must.append("a view or trigger uses it")
    was = [f"{part.what}={part.name!r}" for part in its if part.what != "check"]
    can_be_said = len({part.what for part in its}) == len(its) and all(
        part.what in ("index", "unique") and not part.options for part in its
    )
    model.columns.remove(column)
    model.parts = [part for part in model.parts if part not in its]
    model.lost.add(column.number)
    line = f"table.drop({column.name!r})"
    if can_be_said and draw(st.integers(0, 9)):
        line += f".was.{column.said('', *was)}"
    return [line]


def rename_column(draw: Draw, model: Model) -> list[str]:
    return rename_column_to(
        model, draw(st.sampled_from(model.columns)), draw(st.sampled_from([*NAMES, "new"]))
    )


def swap_columns(draw: Draw, model: Model) -> list[str]:
    one, other = draw(st.permutations(model.columns))[:2]
    first, second = one.name, other.name
    free = model.fresh()
    return [
        *rename_column_to(model, one, free),
        *rename_column_to(model, other, first),
        *rename_column_to(model, one, second),
    ]


def rename_column_to(model: Model, column: Column, new: str) -> list[str]:
    old = column.name
    model.require_name(new)
    if model.vendor == "mysql" and column.number in model.in_trigger:
        model.must.append("a trigger names it")
    made = {part: name_of(part) for part in model.on(column)}
    column.name = new
    for part, name in made.items():
        if part.name == name:
            followed = name_of(part)
            if all(each.name != followed for each in model.parts):
                part.name = followed
    return [f"table.rename({old!r}, {new!r})"]


def change_type(draw: Draw, model: Model) -> list[str]:
    column = draw(st.sampled_from(model.plain))
    becomes = KINDS[column.kind].becomes
    if not becomes:
        return change_null(draw, model)
    was, old = column.said(), column.kind
    column.kind = draw(st.sampled_from(becomes))
    if model.on(column) or model.doubled(column) or column in (model.key or []):
        model.may.append("something stands on what changes its type")
    if column.number in model.in_view + model.in_trigger:
        model.may.append("a view or trigger uses what changes its type")
    for row in model.rows:
        row[column.number] = _converted(row[column.number], column.kind)
    can_default = KINDS[column.kind].has_default
    column.default = _converted(column.default, column.kind) if can_default else None
    labels = LABELS.get(column.kind)
    if labels and any(value not in (None, *labels) for (value,) in model.values(column)):
        model.must.append("rows have none of the labels")
    if labels and column.default not in (None, *labels):
        model.must.append("the default is none of the labels")
    modifiers = column.modifiers()
    if column.default is None:
        modifiers.append("default=None")
    new = KINDS[column.kind].said("", *modifiers)
    if old in ("integer", "big") and column.kind == "string":
        model.may += ["numbers in an expression"] * model.doubled(column)
    return [f"table.change({column.name!r}).{new}.was.{_with_default(was)}"]


def _with_default(said: str) -> str:
    return said if "default=" in said else f"{said[:-1]}, default=None)"


def _converted(value: Any, kind: str) -> Any:
    if value is None or kind not in ("string", "decimal"):
        return value
    return str(value) if kind == "string" else Decimal(value)


def change_null(draw: Draw, model: Model) -> list[str]:
    column = draw(st.sampled_from(model.plain))
    was, column.null = column.null, draw(st.booleans())
    if column.null and column in (model.key or []):
        model.must.append("a key cannot be null")
    if not column.null and (None,) in model.values(column):
        model.must.append("there are NULLs")
    references = [part for part in model.on(column) if part.what == "foreign_key"]
    if was and not column.null and any("set null" in part.options for part in references):
        model.must.append("set null of what cannot be")
    return [f"table.change({column.name!r}).set(null={column.null}).was.set(null={was})"]


def change_default(draw: Draw, model: Model) -> list[str]:
    column = draw(st.sampled_from(model.plain))
    if not KINDS[column.kind].has_default:
        return change_null(draw, model)
    was, column.default = column.default, draw(st.none() | KINDS[column.kind].values)
    return [
        f"table.change({column.name!r}).set(default={column.default!r}).was.set(default={was!r})"
    ]


# Indexes and constraints


def _chosen(draw: Draw, model: Model, most: int = 2) -> list[Column]:
    candidates = model.keys
    return list(draw(st.permutations(candidates)))[: draw(st.integers(1, most))]


def name_of(part: Part) -> str:
    """What it is called that has no name of its own."""
    suffixes: dict[str, Suffix] = {"foreign_key": "foreign", "check": "check"}
    suffix = suffixes.get(part.what, "unique" if part.is_unique else "index")
    return default_name("t", part.names, suffix)


def _add_named_or_not(draw: Draw, model: Model, part: Part) -> list[str]:
    part.name = made = name_of(part)
    if draw(st.booleans()):
        part.name = model.fresh()
    return _add(model, part, named=part.name != made)


def _add(model: Model, part: Part, *, named: bool) -> list[str]:
    model.require_part(part.name)
    model.parts.append(part)
    return [f"table.{part.said(named=named)}"]


def add_index(draw: Draw, model: Model) -> list[str]:
    columns, unique = _chosen(draw, model), draw(st.booleans())
    if not columns:
        return add_column(draw, model)
    if unique:
        values = [row for row in model.values(*columns) if None not in row]
        if len(set(values)) < len(values):
            model.must.append("rows are alike")
    part = Part("index", "", columns, "unique=True" if unique else "")
    return _add_named_or_not(draw, model, part)


def add_unique(draw: Draw, model: Model) -> list[str]:
    columns = _chosen(draw, model)
    if not columns:
        return add_column(draw, model)
    model.require_unique(columns)
    return _add_named_or_not(draw, model, Part("unique", "", columns))


def add_check(draw: Draw, model: Model) -> list[str]:
    numbers = [column for column in model.plain if column.kind in ("integer", "big")]
    if not numbers:
        return add_index(draw, model)
    column, low = draw(st.sampled_from(numbers)), draw(st.integers(-9, 1))
    if any(value is not None and value <= low for (value,) in model.values(column)):
        model.must.append("rows do not fulfil the check")
    mark = "`" if model.vendor == "mysql" else '"'
    part = Part("check", model.fresh(), [column], f"> {low}", mark)
    return _add(model, part, named=True)


def add_foreign_key(draw: Draw, model: Model) -> list[str]:
    candidates = [column for column in model.plain if column.kind == "big"]
    if not candidates:
        return add_reference(draw, model)
    column = draw(st.sampled_from(candidates))
    if any(value not in (None, *PARENTS) for (value,) in model.values(column)):
        model.must.append("rows point to nothing")
    part = Part("foreign_key", model.fresh(), [column], "references='p'")
    return _add(model, part, named=True)


def change_key(draw: Draw, model: Model) -> list[str]:
    if model.numbers:
        return drop_part(draw, model)
    if model.key is not None:
        was, model.key = ["id", *(column.name for column in model.key)], None
        return [f"table.drop_primary_key().was.primary_key({was!r})"]
    candidates = [column for column in model.keys if not column.null]
    model.key = list(draw(st.permutations(candidates)))[: draw(st.integers(0, 1))]
    return [f"table.primary_key({['id', *(column.name for column in model.key)]!r})"]


def drop_part(draw: Draw, model: Model) -> list[str]:
    if not model.parts:
        return add_index(draw, model)
    part = draw(st.sampled_from(model.parts))
    model.parts.remove(part)
    if part.what == "foreign_key" and "references" not in part.options:
        part.options = f"references='p', {part.options}"
    twins = [each for each in model.parts if each.what == part.what and each.names == part.names]
    by_columns = part.what in ("index", "unique") and not part.options and not twins
    if by_columns and draw(st.booleans()):
        return [f"table.drop_{part.what}({part.names!r}).was.{part.said()}"]
    line = f"table.drop_{part.what}({part.name!r})"
    if draw(st.integers(0, 9)):
        line += f".was.{part.said()}"
    return [line]


def rename_index(draw: Draw, model: Model) -> list[str]:
    indexes = [part for part in model.parts if part.what == "index"]
    if not indexes:
        return add_index(draw, model)
    part = draw(st.sampled_from(indexes))
    old, part.name = part.name, model.fresh()
    return [f"table.rename_index({old!r}, {part.name!r})"]


CHANGES: list[Change] = [
    add_column,
    add_column,
    add_reference,
    drop_column,
    drop_column,
    rename_column,
    rename_column,
    swap_columns,
    change_type,
    change_type,
    change_null,
    change_default,
    add_index,
    add_unique,
    add_check,
    add_foreign_key,
    drop_part,
    drop_part,
    rename_index,
    change_key,
]
