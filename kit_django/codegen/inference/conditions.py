"""SQL conditions and expressions -> Q, F and functions, where Django would say exactly the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from kit_django.codegen.inference import sql
from kit_django.schema.constructs import Binary, Call, Not, Value

Kind = str
MODELS = "django.db.models."
Q = f"{MODELS}Q"
F = f"{MODELS}F"
LOOKUPS = {"=": "", "<": "__lt", "<=": "__lte", ">": "__gt", ">=": "__gte"}
MIRRORED = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<=", "<>": "<>"}
TEXT_TYPES = ("text", "character varying", "varchar", "bpchar", "character")
KINDS: dict[str, Kind] = {
    "AutoField": "integer",
    "BigAutoField": "integer",
    "BigIntegerField": "integer",
    "BooleanField": "boolean",
    "CharField": "text",
    "DateField": "date",
    "DecimalField": "decimal",
    "FloatField": "float",
    "ForeignKey": "relation",
    "IntegerField": "integer",
    "OneToOneField": "relation",
    "PositiveBigIntegerField": "integer",
    "PositiveIntegerField": "integer",
    "PositiveSmallIntegerField": "integer",
    "SmallIntegerField": "integer",
    "TextField": "text",
}
FUNCTIONS = {
    "LOWER": "django.db.models.functions.Lower",
    "UPPER": "django.db.models.functions.Upper",
}


@dataclass(frozen=True, slots=True)
class FieldFacts:
    """What a condition needs to know of a column's field."""

    name: str
    attname: str
    kind: Kind
    null: bool


class _NoForm(Exception):
    """Django has no form that says the same."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """Reads the conditions of one table; ``fields`` are by column.

    ``bare_booleans`` is whether Django's SQL for a boolean is ``flag``, and not ``flag = 1``.
    """

    vendor: str
    fields: Mapping[str, FieldFacts]
    bare_booleans: bool = True

    def q(self, text: str) -> Value:
        """A condition as Q, or None."""
        tree = sql.parse(text, self.vendor)
        if tree is None:
            return None
        try:
            return self._q(tree)
        except _NoForm:
            return None

    def expression(self, text: str) -> Value:
        """An index's expression as functions of fields, or None."""
        tree = sql.parse(text, self.vendor)
        try:
            return self._function(tree)
        except _NoForm:
            return None

    def _function(self, node: sql.Node | None) -> Value:
        match node:
            case sql.Function(name, (argument,)) if name in FUNCTIONS:
                found = self._column(argument)
                if found.kind == "text":
                    return Call(FUNCTIONS[name], found.name)
            case sql.Function("COALESCE", (argument, fallback)):
                found = self._column(argument)
                value = Call(f"{MODELS}Value", self._literal(fallback, found))
                return Call(f"{MODELS}functions.Coalesce", found.name, value)
            case sql.Operation("+" | "-" | "*" as operator, left, right):
                return Binary(operator, self._number(left), self._number(right))
        raise _NoForm

    def _number(self, node: sql.Node) -> Value:
        """An operand of whole numbers: a column, a literal, or another operation."""
        if isinstance(node, sql.Literal) and type(node.value) is int:
            return node.value
        if isinstance(node, sql.Operation):
            return self._function(node)
        found = self._column(node)
        if found.kind != "integer":
            raise _NoForm
        return Call(F, found.name)

    def membership(self, text: str) -> tuple[str, tuple[str | int, ...]] | None:
        """The column and the values of ``column IN (...)``, where that is the whole condition."""
        tree = sql.parse(text, self.vendor)
        if isinstance(tree, sql.Operation) and tree.operator == "=":
            tree = sql.In(tree.left, (tree.right,))
        if isinstance(tree, sql.Logical) and tree.operator == "OR":
            tree = self._without_null(tree)
        if not isinstance(tree, sql.In):
            return None
        try:
            field = self._column(tree.operand)
            values = tuple(self._literal(value, field) for value in tree.values)
        except _NoForm:
            return None
        column = next(name for name, each in self.fields.items() if each is field)
        plain = tuple(each for each in values if isinstance(each, str | int))
        if len(plain) != len(values) or any(isinstance(each, bool) for each in plain):
            return None
        return (column, plain) if field.kind in ("text", "integer") else None

    @staticmethod
    def _without_null(tree: sql.Logical) -> sql.Node:
        rest = [each for each in tree.operands if not isinstance(each, sql.IsNull)]
        return rest[0] if len(rest) == 1 else tree

    def _q(self, node: sql.Node) -> Value:
        match node:
            case sql.Logical(operator, operands):
                return self._logical(operator, operands)
            case sql.Negation(operand):
                return self._negation(operand)
            case sql.Operation(operator, left, right):
                return self._comparison(operator, left, right)
            case sql.In(operand, values):
                field = self._column(operand)
                return _q(f"{field.name}__in", [self._literal(each, field) for each in values])
            case sql.Between(operand, low, high):
                field = self._column(operand)
                bounds = (self._literal(low, field), self._literal(high, field))
                if self.vendor == "postgresql":
                    raise _NoForm
                return _q(f"{field.name}__range", bounds)
            case sql.IsNull(operand, negated):
                return _q(f"{self._column(operand).name}__isnull", not negated)
            case sql.Column() | sql.Cast():
                return self._boolean(node, True)
        raise _NoForm

    def _logical(self, operator: str, operands: tuple[sql.Node, ...]) -> Value:
        parts = [self._q(each) for each in operands]
        merged = _merged(parts) if operator == "AND" else None
        if merged is not None:
            return merged
        result = parts[0]
        for part in parts[1:]:
            result = Binary("&" if operator == "AND" else "|", result, part)
        return result

    def _negation(self, operand: sql.Node) -> Value:
        if isinstance(operand, sql.Column):
            return self._boolean(operand, False)
        if isinstance(operand, sql.In) and not self._column(operand.operand).null:
            return Not(self._q(operand))
        raise _NoForm

    def _boolean(self, node: sql.Node, value: bool) -> Value:
        field = self._column(node)
        if field.kind != "boolean" or field.null or not self.bare_booleans:
            raise _NoForm
        return _q(field.name, value)

    def _comparison(self, operator: str, left: sql.Node, right: sql.Node) -> Value:
        if isinstance(_uncast(left), sql.Literal):
            operator, left, right = MIRRORED[operator], right, left
        field = self._column(left)
        if field.kind == "boolean" and (self.bare_booleans or operator != "="):
            raise _NoForm  # the database says ``flag = true`` where Django would say ``flag``
        value = self._operand(right, field)
        if operator == "<>":
            if field.null or isinstance(value, Call):
                raise _NoForm
            return Not(_q(field.name, value))
        if operator not in LOOKUPS:
            raise _NoForm
        name = field.name if operator == "=" else field.attname
        return _q(f"{name}{LOOKUPS[operator]}", value)

    def _operand(self, node: sql.Node, field: FieldFacts) -> Value:
        inner = _uncast(node)
        if isinstance(inner, sql.Literal):
            return self._literal(node, field)
        other = self._column(node)
        if other.kind != field.kind:
            raise _NoForm
        return Call(F, other.attname)

    def _column(self, node: sql.Node) -> FieldFacts:
        """The column that a node is; a text's cast to text is PostgreSQL's own addition."""
        cast = node if isinstance(node, sql.Cast) else None
        inner = _uncast(node)
        if not isinstance(inner, sql.Column):
            raise _NoForm
        field = self._find(inner.name)
        if cast and not (field.kind == "text" and cast.type in TEXT_TYPES):
            raise _NoForm
        return field

    def _find(self, name: str) -> FieldFacts:
        if name in self.fields:
            return self.fields[name]
        for column, field in self.fields.items():
            if self.vendor != "postgresql" and column.lower() == name.lower():
                return field
        raise _NoForm

    def _literal(self, node: sql.Node, field: FieldFacts) -> Value:
        inner = _uncast(node)
        if not isinstance(inner, sql.Literal):
            raise _NoForm
        value = inner.value
        if field.kind == "boolean" and self.vendor != "postgresql":
            return self._number_as_boolean(value)
        fits = {
            "integer": isinstance(value, int) and not isinstance(value, bool),
            "relation": isinstance(value, int) and not isinstance(value, bool),
            "decimal": isinstance(value, int | Decimal) and not isinstance(value, bool),
            "float": isinstance(value, int) and not isinstance(value, bool),
            "text": isinstance(value, str),
            "date": isinstance(value, str),
            "boolean": isinstance(value, bool),
        }
        if not fits.get(field.kind, False):
            raise _NoForm
        return value

    @staticmethod
    def _number_as_boolean(value: object) -> Value:
        """Databases without a type for booleans are told 0 and 1 by Django."""
        if isinstance(value, bool) or value not in (0, 1):
            raise _NoForm
        return bool(value)


def _uncast(node: sql.Node) -> sql.Node:
    while isinstance(node, sql.Cast):
        node = node.operand
    return node


def _q(lookup: str, value: Value) -> Call:
    return Call(Q, **{lookup: value})


def _merged(parts: list[Value]) -> Call | None:
    """One Q for all, where it would keep their order: Django sorts the keywords of a Q."""
    if not all(isinstance(part, Call) and part.path == Q and not part.args for part in parts):
        return None
    pairs = [pair for part in parts if isinstance(part, Call) for pair in part.kwargs]
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names) or names != sorted(names):
        return None
    return Call(Q, **dict(pairs))
