"""The statements of a class, and the edits of its fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import libcst as cst

from kit_django.codegen.following.edits import (
    AddEntry,
    AddField,
    ChangeEntry,
    ChangeField,
    ChangeTarget,
    Edit,
    InheritedMeta,
    RemoveEntry,
    RemoveField,
    ReplaceField,
    SetOption,
)
from kit_django.codegen.source.imports import Imports
from kit_django.codegen.source.merging.calls import (
    change_class,
    find_argument,
    remove_argument,
    set_argument,
    with_first_named,
    without_first,
)
from kit_django.codegen.source.merging.meta import Meta
from kit_django.codegen.source.merging.places import NotFound
from kit_django.codegen.source.merging.statements import Statements
from kit_django.codegen.source.merging.writer import Writer
from kit_django.codegen.source.rendering import (
    Style,
    import_name,
    render,
    render_choices,
    render_field,
)
from kit_django.codegen.specs import ChoicesSpec
from kit_django.schema.constructs import Value

# Where arguments may stand that can also be given without their names.
POSITIONS = {"database_type": 0, "base_field": 0, "on_delete": 1}
TYPED_BY_FIRST = ("DatabaseTypeField", "ArrayField")


@dataclass
class ClassBody:
    """A class while it is edited. ``inherited`` is the Meta that it has from one of its bases."""

    original: cst.ClassDef
    statements: Statements
    writer: Writer
    imports: Imports
    inherited: InheritedMeta | None = None
    meta: Meta = field(init=False)

    def __post_init__(self) -> None:
        options = self.inherited.options if self.inherited else frozenset[str]()
        self.meta = Meta(
            self.statements, self.writer, self.imports, self._inherited_meta(), options
        )

    @classmethod
    def of(
        cls,
        node: cst.ClassDef,
        module: cst.Module,
        style: Style,
        imports: Imports,
        inherited: InheritedMeta | None,
    ) -> ClassBody:
        indent = getattr(node.body, "indent", None) or module.default_indent
        writer = Writer(style, indent)
        return cls(node, Statements.of(node), writer, imports, inherited)

    def node(self) -> cst.ClassDef:
        """The class as it is now."""
        return self.statements.put_into(self.original)

    def _inherited_meta(self) -> str:
        if self.inherited is None or self.inherited.base >= len(self.original.bases):
            return ""
        base = self.original.bases[self.inherited.base].value
        return f"{cst.Module([]).code_for_node(base)}.Meta"

    def make(self, edit: Edit) -> None:
        """Raises NotFound, and then has changed nothing."""
        match edit:
            case AddField(spec, after, choices):
                line = self.writer.statement(render_field(spec, self.imports))
                self.statements.add_field(line, after)
                if choices is not None:
                    self.add_choices(choices)
            case RemoveField(name):
                self.statements.remove(name)
            case ChangeField(name, keywords, path):
                self.change_call(name, lambda call: self._changed(call, dict(keywords), path))
            case ChangeTarget(name, target):
                value = self.written(target)
                self.change_call(name, lambda call: set_argument(call, "to", 0, value))
            case ReplaceField(name, call):
                text = render(call, self.imports)
                self.statements.change_value(name, lambda _: self.writer.expression(text, name))
            case AddEntry(option, call):
                self.meta.add_entry(option, call)
            case RemoveEntry(option, name):
                self.meta.remove_entry(option, name)
            case ChangeEntry(option, name, call):
                self.meta.change_entry(option, name, call)
            case SetOption(option, value):
                self.meta.set_option(option, value)

    def add_choices(self, choices: ChoicesSpec) -> None:
        """Where a person would look for them: at the head of the class."""
        node = self.writer.parse(render_choices(choices, self.imports))
        self.statements.add_at_head(node)

    def change_call(self, name: str, changed: Callable[[cst.Call], cst.Call]) -> None:
        self.statements.change_value(name, lambda value: self._change(name, value, changed))

    def _change(
        self, name: str, value: Any, changed: Callable[[cst.Call], cst.Call]
    ) -> cst.BaseExpression:
        if not isinstance(value, cst.Call):
            raise NotFound(f"{name} is not a field that is made in its own line")
        fitted: cst.BaseExpression = self.writer.fitted(changed(value), value, len(f"{name} = "))
        return fitted

    def _changed(self, call: cst.Call, keywords: dict[str, Any], path: str) -> cst.Call:
        if path:
            call = self._with_class(call, path)
        for name, value in keywords.items():
            if value is not None:
                call = set_argument(call, name, POSITIONS.get(name), self.written(value))
            elif not path or find_argument(call, name) is not None:
                call = remove_argument(call, name)
        return call

    def written(self, value: Value) -> str:
        return self.writer.value(render(value, self.imports))

    def _with_class(self, call: cst.Call, path: str) -> cst.Call:
        """The first argument of most fields is their verbose name, of some part of their type."""
        old, new = (each in TYPED_BY_FIRST for each in (_name_of(call), path.rpartition(".")[2]))
        if old and not new:
            call = without_first(call)
        elif new and not old:
            call = with_first_named(call, "verbose_name")
        return change_class(call, import_name(path, self.imports))


def _name_of(call: cst.Call) -> str:
    return cst.Module([]).code_for_node(call.func).rpartition(".")[2]
