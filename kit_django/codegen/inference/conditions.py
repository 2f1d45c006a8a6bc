"""SQL conditions and expressions -> Q, F and functions, where Django would say exactly the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from kit_django.schema.constructs import Binary, Call, Not, Value
from kit_django.schema.dialects import Dialect
from kit_django.schema.sql import nodes
from kit_django.schema.sql.expressions import parse
from kit_django.schema.sql.nodes import Node
from kit_django.schema.sql.same import as_list

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

    dialect: Dialect
    fields: Mapping[str, FieldFacts]
    bare_booleans: bool = True

    def q(self, text: str) -> Value:
        """A condition as Q, or None."""
        tree = parse(text, self.dialect)
        if tree is None:
            return None
        try:
            return self._q(tree)
        except _NoForm:
            return None

    def expression(self, text: str) -> Value:
        """An index's expression as functions of fields, or None."""
        tree = parse(text, self.dialect)
        try:
            return self._function(tree)
        except _NoForm:
            return None

    def _function(self, node: Node | None) -> Value:
        match node:
            case nodes.Function(name, (argument,)) if name in FUNCTIONS:
                found = self._column(argument)
                if found.kind == "text":
                    return Call(FUNCTIONS[name], found.name)
            case nodes.Function("COALESCE", (argument, fallback)):
                found = self._column(argument)
                value = Call(f"{MODELS}Value", self._literal(fallback, found))
                return Call(f"{MODELS}functions.Coalesce", found.name, value)
            case nodes.Operation("+" | "-" | "*" as operator, left, right):
                return Binary(operator, self._number(left), self._number(right))
        raise _NoForm

    def _number(self, node: Node) -> Value:
        """An operand of whole numbers: a column, a literal, or another operation."""
        if isinstance(node, nodes.Literal) and type(node.value) is int:
            return node.value
        if isinstance(node, nodes.Operation):
            return self._function(node)
        found = self._column(node)
        if found.kind != "integer":
            raise _NoForm
        return Call(F, found.name)

    def membership(self, text: str) -> tuple[str, tuple[str | int, ...]] | None:
        """The column and the values of ``column IN (...)``, where that is the whole condition."""
        tree = parse(text, self.dialect)
        if isinstance(tree, nodes.Logical) and tree.operator == "OR":
            tree = _without_null(tree)
        if isinstance(tree, nodes.Quantified):
            tree = as_list(tree)
        if isinstance(tree, nodes.Operation) and tree.operator == "=":
            tree = nodes.In(tree.left, (tree.right,))
        if not isinstance(tree, nodes.In):
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

    def _q(self, node: Node) -> Value:
        match node:
            case nodes.Logical(operator, operands):
                return self._logical(operator, operands)
            case nodes.Negation(operand):
                return self._negation(operand)
            case nodes.Operation(operator, left, right):
                return self._comparison(operator, left, right)
            case nodes.Quantified() if listed := as_list(node):
                return self._q(listed)
            case nodes.In(operand, values):
                field = self._column(operand)
                return _q(f"{field.name}__in", [self._literal(each, field) for each in values])
            case nodes.Between(operand, low, high):
                field = self._column(operand)
                bounds = (self._literal(low, field), self._literal(high, field))
                return _q(f"{field.name}__range", bounds)
            case nodes.IsNull(operand, negated):
                return _q(f"{self._column(operand).name}__isnull", not negated)
            case nodes.Column() | nodes.Cast():
                return self._boolean(node, True)
        raise _NoForm

    def _logical(self, operator: str, operands: tuple[Node, ...]) -> Value:
        parts = [self._q(each) for each in operands]
        merged = _merged(parts) if operator == "AND" else None
        if merged is not None:
            return merged
        return _joined("&" if operator == "AND" else "|", parts)

    def _negation(self, operand: Node) -> Value:
        if isinstance(operand, nodes.Column):
            return self._boolean(operand, False)
        if isinstance(operand, nodes.In) and not self._column(operand.operand).null:
            return Not(self._q(operand))
        raise _NoForm

    def _boolean(self, node: Node, value: bool) -> Value:
        field = self._column(node)
        if field.kind != "boolean" or field.null or not self.bare_booleans:
            raise _NoForm
        return _q(field.name, value)

    def _comparison(self, operator: str, left: Node, right: Node) -> Value:
        if isinstance(_uncast(left), nodes.Literal):
            operator, left, right = MIRRORED.get(operator, ""), right, left
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

    def _operand(self, node: Node, field: FieldFacts) -> Value:
        inner = _uncast(node)
        if isinstance(inner, nodes.Literal):
            return self._literal(node, field)
        other = self._column(node)
        if other.kind != field.kind:
            raise _NoForm
        return Call(F, other.attname)

    def _column(self, node: Node) -> FieldFacts:
        """The column that a node is; a text's cast to text is PostgreSQL's own addition."""
        cast = node if isinstance(node, nodes.Cast) else None
        inner = _uncast(node)
        if not isinstance(inner, nodes.Column):
            raise _NoForm
        field = self._find(inner.name)
        if cast and not (field.kind == "text" and cast.type in TEXT_TYPES):
            raise _NoForm
        return field

    def _find(self, name: str) -> FieldFacts:
        for column, field in self.fields.items():
            if self.dialect.folded(column) == name:
                return field
        raise _NoForm

    def _literal(self, node: Node, field: FieldFacts) -> Value:
        inner = _uncast(node)
        if not isinstance(inner, nodes.Literal):
            raise _NoForm
        value = inner.value
        if field.kind == "boolean" and not self.dialect.has_booleans:
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


def _joined(operator: str, parts: list[Value]) -> Value:
    """All of them in halves of halves: Python reads no more than 200 parentheses in each other."""
    if len(parts) == 1:
        return parts[0]
    middle = (len(parts) + 1) // 2
    left, right = _joined(operator, parts[:middle]), _joined(operator, parts[middle:])
    return Binary(operator, left, right)


def _without_null(tree: nodes.Logical) -> Node:
    """Of ``x IN (...) OR x IS NULL`` the first part: whether a column is null is told elsewhere."""
    match tree.operands:
        case (node, nodes.IsNull(operand, False)) | (nodes.IsNull(operand, False), node):
            if _uncast(_compared(node)) == _uncast(operand):
                return node
    return tree


def _compared(node: Node) -> Node:
    match node:
        case nodes.In(operand):
            return operand
        case nodes.Operation(_, left) | nodes.Quantified(_, _, left):
            return left
    return node


def _uncast(node: Node) -> Node:
    while isinstance(node, nodes.Cast):
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
