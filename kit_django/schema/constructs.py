"""Python expressions as values: what a model says, before it is an object or text.

``Call("django.db.models.CharField", max_length=40)`` can be built into the field itself, to ask
it what it would make, and rendered as source. Strings in it are only ever data: they end up in
the source as literals.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from django.utils.module_loading import import_string


@dataclass(frozen=True, slots=True)
class Ref:
    """Something that can be imported, by its full path."""

    path: str


@dataclass(frozen=True, slots=True)
class Name:
    """Something in the scope of the class body, such as ``Status.choices``."""

    name: str


@dataclass(frozen=True, slots=True, init=False)
class Call:
    """A call of something that can be imported."""

    path: str
    args: tuple[Value, ...]
    kwargs: tuple[tuple[str, Value], ...]

    def __init__(self, path: str, *args: Value, **kwargs: Value) -> None:
        object.__setattr__(self, "path", path)
        object.__setattr__(self, "args", args)
        object.__setattr__(self, "kwargs", tuple(kwargs.items()))

    @property
    def name(self) -> str:
        return self.path.rpartition(".")[2]

    def get(self, keyword: str, default: Value = None) -> Value:
        return dict(self.kwargs).get(keyword, default)

    def with_(self, **kwargs: Value) -> Call:
        """The same call with these keywords too."""
        return Call(self.path, *self.args, **{**dict(self.kwargs), **kwargs})

    def without(self, *keywords: str) -> Call:
        kept = {name: value for name, value in self.kwargs if name not in keywords}
        return Call(self.path, *self.args, **kept)


@dataclass(frozen=True, slots=True)
class Binary:
    """``left operator right``, as in ``F("price") * F("quantity")`` and ``Q(...) | Q(...)``."""

    operator: str
    left: Value
    right: Value


@dataclass(frozen=True, slots=True)
class Not:
    """``~operand``."""

    operand: Value


Value: TypeAlias = (
    str
    | int
    | float
    | bool
    | bytes
    | Decimal
    | Ref
    | Name
    | Call
    | Binary
    | Not
    | tuple["Value", ...]
    | list["Value"]
    | Mapping[str, "Value"]
    | None
)

OPERATORS: dict[str, Any] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left / right,
    "%": lambda left, right: left % right,
    "&": lambda left, right: left & right,
    "|": lambda left, right: left | right,
}


def build(value: Value) -> Any:
    """The object that the expression makes. A ``Name`` has no meaning outside of its class."""
    match value:
        case Ref(path):
            return _resolve(path)
        case Call(path, args, kwargs):
            keywords = {name: build(each) for name, each in kwargs if not _is_local(each)}
            return import_string(path)(*map(build, args), **keywords)
        case Binary(operator, left, right):
            return OPERATORS[operator](build(left), build(right))
        case Not(operand):
            return ~build(operand)
        case list() | tuple():
            return type(value)(build(each) for each in value)
        case Mapping():
            return {name: build(each) for name, each in value.items()}
    return value


def _resolve(path: str) -> Any:
    """What can be imported, or an attribute of it, as in ``...Deferrable.DEFERRED``."""
    try:
        return import_string(path)
    except ImportError:
        owner, _, attribute = path.rpartition(".")
        return getattr(_resolve(owner), attribute)


def _is_local(value: Value) -> bool:
    return isinstance(value, Name)
