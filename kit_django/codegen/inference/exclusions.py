"""PostgreSQL's exclusion constraints -> ExclusionConstraint, where they are over columns."""

from __future__ import annotations

from collections.abc import Mapping

from kit_django.codegen.inference.conditions import Conditions
from kit_django.schema.constructs import Call, Ref, Value
from kit_django.schema.facts import Exclusion
from kit_django.schema.sql.exclusions import read_exclusion

POSTGRES = "django.contrib.postgres."
METHODS = ("gist", "spgist", "hash")
OPERATORS = {
    "=": "EQUAL",
    "<>": "NOT_EQUAL",
    "@>": "CONTAINS",
    "<@": "CONTAINED_BY",
    "&&": "OVERLAPS",
    "<<": "FULLY_LT",
    ">>": "FULLY_GT",
    "&>": "NOT_LT",
    "&<": "NOT_GT",
    "-|-": "ADJACENT_TO",
}


def exclusion_constraint(
    exclusion: Exclusion, name: str, fields: Mapping[str, str], conditions: Conditions
) -> Call | None:
    """The constraint in Django's words; ``fields`` maps columns to names. None for expressions,
    operator classes and whatever else Django has no words for."""
    form = read_exclusion(exclusion.sql, conditions.dialect)
    if form is None or form.method not in METHODS:
        return None
    call = Call(
        f"{POSTGRES}constraints.ExclusionConstraint",
        name=name,
        expressions=[(fields[column], _operator(operator)) for column, operator in form.elements],
    )
    if form.method != "gist":
        call = call.with_(index_type=form.method.upper())
    if form.where:
        condition = conditions.q(form.where)
        if condition is None:
            return None
        call = call.with_(condition=condition)
    if exclusion.deferrable:
        deferrable = f"django.db.models.Deferrable.{exclusion.deferrable.upper()}"
        call = call.with_(deferrable=Ref(deferrable))
    if form.include:
        call = call.with_(include=[fields[column] for column in form.include])
    return call


def _operator(operator: str) -> Value:
    if operator not in OPERATORS:
        return operator
    return Ref(f"{POSTGRES}fields.RangeOperators.{OPERATORS[operator]}")
