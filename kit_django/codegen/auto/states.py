"""The models as they are, and as db_sync would have them of the database: Django's states of both.

Both are made of the same classes, and differ in nothing but the edits that db_sync would make. So
what no model says of a table, and what Django spells otherwise than the table, is the same in both.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db import models
from django.db.migrations.state import ModelState, ProjectState
from django.utils.module_loading import import_string

from kit_django.codegen.comparing import Compared
from kit_django.codegen.following import edits
from kit_django.codegen.following.edits import Difference, Edit
from kit_django.codegen.following.fields import FIRST_ARGUMENTS
from kit_django.codegen.inference.names import table_key
from kit_django.codegen.specs import FieldSpec, ModelSpec
from kit_django.schema.constructs import Call, build
from kit_django.schema.dialects import dialect_named


def states_of(found: Compared) -> tuple[ProjectState, ProjectState]:
    """As the database has it, and as the models do."""
    after = ProjectState.from_apps(apps)
    before = after.clone()
    for spec in found.inferred.models:
        before.models[_key(spec.label)] = _state_of(spec)
    specs = {spec.label: spec for spec in found.inferred.known}
    by_model: dict[str, list[Difference]] = {}
    for each in found.differences:
        by_model.setdefault(each.model, []).append(each)
    for label, group in by_model.items():
        if label in specs:
            state = _edited(before.models[_key(label)], group, specs[label])
            before.models[_key(label)] = _without_new_links(state, label, found)
    return before, after


def _key(label: str) -> tuple[str, str]:
    app_label, _, name = label.partition(".")
    return app_label, name.lower()


def _state_of(spec: ModelSpec) -> ModelState:
    fields = [(each.name, build(each.call)) for each in spec.fields if each.columns]
    fields += [("pk", build(each.call)) for each in spec.fields if each.name == "pk"]
    options = {name: build(value) for name, value in spec.meta}
    return ModelState(spec.app_label, spec.name, fields, options)


def _edited(state: ModelState, group: Iterable[Difference], spec: ModelSpec) -> ModelState:
    editing = _Editing(state)
    fields = {each.name: each for each in spec.fields}
    for each in group:
        edit = each.edit or each.elsewhere or _anew(fields.get(each.about))
        if edit is not None:
            editing.make(edit)
    return editing.edited()


def _without_new_links(state: ModelState, label: str, found: Compared) -> ModelState:
    """Link tables that Django makes, and that are not there yet: no edit of db_sync's says so."""
    dialect = dialect_named(found.database.vendor)
    links: Any = apps.get_model(label)._meta.local_many_to_many
    for each in links:
        through = each.remote_field.through._meta
        schema, name = table_key(through.db_table, dialect)
        is_new = found.database.find(name, schema) is None
        if through.auto_created and is_new and not _is_called_otherwise(state, each):
            state.fields.pop(each.name, None)
    return state


def _is_called_otherwise(state: ModelState, link: Any) -> bool:
    """Whether its table is there under another name."""
    there: Any = state.fields.get(link.name)
    return there is not None and there.db_table != link.db_table


def _anew(spec: FieldSpec | None) -> Edit | None:
    """Where no keyword mends a field: all of it, as it would be written now."""
    return None if spec is None else edits.ReplaceField(spec.name, spec.call)


class _Editing:
    """What merging does to a class's source, done to its state."""

    def __init__(self, state: ModelState) -> None:
        self.state = state.clone()
        self.fields: dict[str, Any] = dict(self.state.fields)
        self.options: dict[str, Any] = dict(self.state.options)

    def make(self, edit: Edit) -> None:
        match edit:
            case edits.AddField(field):
                if field.columns or field.name == "pk":
                    self.fields[field.name] = build(field.call)
            case edits.RemoveField(name):
                self.fields.pop(name, None)
            case edits.ChangeField(name, keywords, path):
                said = {keyword: build(value) for keyword, value in keywords}
                self.fields[name] = changed(self.fields[name], said, path)
            case edits.ChangeTarget(name, target):
                self.fields[name] = changed(self.fields[name], {"to": build(target)})
            case edits.ReplaceField(name, call):
                self.fields[name] = build(call)
            case edits.SetOption(option, value):
                self.options[option] = build(value)
                if value is None:
                    del self.options[option]
            case edits.AddEntry(option, call):
                self._set(option, "", call)
            case edits.RemoveEntry(option, name):
                self._set(option, name, None)
            case edits.ChangeEntry(option, name, call):
                self._set(option, name, call)

    def _set(self, option: str, name: str, call: Call | None) -> None:
        kept = [each for each in self.options.get(option, []) if each.name != name]
        self.options[option] = [*kept, *([] if call is None else [build(call)])]

    def edited(self) -> ModelState:
        for option in ("indexes", "constraints"):
            kept = [each for each in self.options.get(option, []) if self._has_fields_of(each)]
            self.options[option] = kept
        together = self.options.get("unique_together") or ()
        self.options["unique_together"] = {
            tuple(names) for names in together if self.fields.keys() >= set(names)
        }
        self.state.fields, self.state.options = self.fields, self.options
        return self.state

    def _has_fields_of(self, entry: Any) -> bool:
        names = {name.removeprefix("-") for name in getattr(entry, "fields", ())}
        return self.fields.keys() | {"pk"} >= names


def changed(
    field: models.Field[Any, Any], said: dict[str, Any], path: str = ""
) -> models.Field[Any, Any]:
    """A field with keywords set, or taken away where they are None; ``path`` is another class."""
    _, own_path, args, kwargs = field.deconstruct()
    kept = {name: value for name, value in kwargs.items() if name not in said}
    kept |= {name: value for name, value in said.items() if value is not None}
    if path or FIRST_ARGUMENTS.get(own_path.rpartition(".")[2], "") in said:
        args = ()
    made: models.Field[Any, Any] = import_string(path or own_path)(*args, **kept)
    return made
