"""Facts -> models: everything that the database says and Django can say too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import django

from kit_django.codegen.faults import TableFault, faults_of
from kit_django.codegen.inference.context import Claim, Context
from kit_django.codegen.inference.drafts import Draft, draft_models, name_fields
from kit_django.codegen.inference.fields import infer_fields
from kit_django.codegen.inference.meta import MetaInference
from kit_django.codegen.inference.relations import Relations
from kit_django.codegen.specs import Inference, ModelSpec, Skipped

__all__ = ["infer"]

DOCSTRINGS = {
    "primary key": "",
    "unique key": "The table has no primary key: a unique key stands in for it.",
    "no key": ("The table has no key: its rows can be read and filtered, not told apart."),
}


def infer(
    claims: Iterable[Claim], context: Context, check: Callable[[ModelSpec], None] = lambda _: None
) -> Inference:
    """The models of the claimed tables, in the order of their names, and what is to be known.

    A table that has a fault is skipped, as if nothing claimed it; ``check`` may raise one for a
    new model. Pure but for questions to the connection's ``features`` and to fields about their
    types.
    """
    left, skipped = list(claims), list[Skipped]()
    while True:
        try:
            return replace(_infer(left, context, check), skipped=tuple(skipped))
        except TableFault as fault:
            left = [claim for claim in left if claim.table.key != fault.key]
            skipped.append(fault.skipped)


def _infer(
    claims: Iterable[Claim], context: Context, check: Callable[[ModelSpec], None]
) -> Inference:
    ordered = sorted(claims, key=lambda claim: (claim.table.schema or "", claim.table.name))
    drafts = draft_models([claim for claim in ordered if claim.table.columns], context)
    relations = Relations(drafts, context)
    for key, draft in drafts.items():
        with faults_of(key):
            relations.resolve(draft)
            name_fields(draft, context.given_names)
    for key, draft in drafts.items():
        with faults_of(key):
            relations.name_composites(draft)
            relations.find_links(draft)
    relations.name_reverse_sides()
    meta = MetaInference(context, set(context.index_names), set(context.constraint_names))
    # Models that are there already have the first choice of the names in Meta.
    known_first = sorted(drafts, key=lambda key: drafts[key].known is None)
    models = {key: _model(drafts[key], relations, meta, context) for key in known_first}
    for key, draft in drafts.items():
        if draft.known is None:
            with faults_of(key):
                check(models[key])
    new = [draft for draft in drafts.values() if draft.known is None]
    return Inference(
        models=tuple(models[draft.table.key] for draft in new),
        known=tuple(models[key] for key, draft in drafts.items() if draft.known is not None),
        notes=tuple(note for draft in new for note in draft.notes),
    )


def _model(draft: Draft, relations: Relations, meta: MetaInference, context: Context) -> ModelSpec:
    with faults_of(draft.table.key):
        return _spec(draft, relations, meta, context)


def _spec(draft: Draft, relations: Relations, meta: MetaInference, context: Context) -> ModelSpec:
    fields = infer_fields(draft, relations, context)
    for kind, message in (*_key_notes(draft), *_name_notes(draft, context)):
        draft.note(kind, message)  # type: ignore[arg-type]
    return ModelSpec(
        app_label=draft.claim.app_label,
        name=draft.class_name,
        table=draft.table.key,
        fields=fields.specs,
        choices=fields.choices,
        meta=meta.infer(draft, fields),
        docstring=_docstring(draft),
    )


def _docstring(draft: Draft) -> str:
    if draft.table.kind in ("view", "materialized view"):
        return "A view: its rows can be read and filtered."
    return DOCSTRINGS[draft.key.standing]


def _key_notes(draft: Draft) -> Iterator[tuple[str, str]]:
    columns = ", ".join(draft.key.columns)
    if draft.table.kind in ("view", "materialized view"):
        return
    if draft.key.is_composite:
        yield "hint", f"Django's admin takes no model whose key is ({columns})"
    if draft.key.standing == "unique key":
        yield "no primary key", f"the unique key ({columns}) stands in for it"
    elif draft.key.standing == "no key":
        yield "no primary key", f"no unique key either; Django takes {columns} for it"
        return
    for column in draft.table.columns:
        if column.null and column.name in draft.key.columns:
            yield "not expressible", f"the key column {column.name} may be null in the database"


def _name_notes(draft: Draft, context: Context) -> Iterator[tuple[str, str]]:
    if context.dialect.queries_dollar_names or django.VERSION >= (6, 1):
        return
    for name in (draft.table.name, *draft.table.column_names):
        if "$" in name:
            yield "not expressible", f"before 6.1 Django cannot query the name {name!r}"
