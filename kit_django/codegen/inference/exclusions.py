"""PostgreSQL's exclusion constraints -> ExclusionConstraint, where they are over columns."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kit_django.codegen.inference.conditions import Conditions
from kit_django.schema.constructs import Call, Ref, Value
from kit_django.schema.facts import Exclusion

POSTGRES = "django.contrib.postgres."
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
_NAME = r'(?:"(?:[^"]|"")+"|[a-z_][a-z0-9_]*)'
_ELEMENT = rf"{_NAME} WITH [^\s,()]+"
# As pg_get_constraintdef writes it.
_FORM = re.compile(
    rf"EXCLUDE USING (?P<method>gist|spgist|hash) \((?P<elements>{_ELEMENT}(?:, {_ELEMENT})*)\)"
    rf"(?: INCLUDE \((?P<include>{_NAME}(?:, {_NAME})*)\))?"
    r"(?: WHERE \((?P<where>.*)\))?(?: DEFERRABLE(?: INITIALLY DEFERRED)?)?",
    re.DOTALL,
)


def exclusion_constraint(
    exclusion: Exclusion, name: str, fields: Mapping[str, str], conditions: Conditions
) -> Call | None:
    """The constraint in Django's words; ``fields`` maps columns to names. None for expressions,
    operator classes and whatever else Django has no words for."""
    form = _FORM.fullmatch(exclusion.sql)
    if form is None:
        return None
    call = Call(
        f"{POSTGRES}constraints.ExclusionConstraint",
        name=name,
        expressions=[
            (fields[_column(column)], _operator(operator))
            for column, operator in re.findall(rf"({_NAME}) WITH ([^\s,()]+)", form["elements"])
        ],
    )
    if form["method"] != "gist":
        call = call.with_(index_type=form["method"].upper())
    if form["where"]:
        condition = conditions.q(form["where"])
        if condition is None:
            return None
        call = call.with_(condition=condition)
    if exclusion.deferrable:
        deferrable = f"django.db.models.Deferrable.{exclusion.deferrable.upper()}"
        call = call.with_(deferrable=Ref(deferrable))
    if form["include"]:
        included = re.findall(_NAME, form["include"])
        call = call.with_(include=[fields[_column(each)] for each in included])
    return call


def _column(written: str) -> str:
    return written[1:-1].replace('""', '"') if written.startswith('"') else written


def _operator(operator: str) -> Value:
    if operator not in OPERATORS:
        return operator
    return Ref(f"{POSTGRES}fields.RangeOperators.{OPERATORS[operator]}")
