"""The edits of a class's Meta: options, and the entries of its lists, by their names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import libcst as cst

from kit_django.codegen.source.imports import Imports
from kit_django.codegen.source.merging.calls import (
    change_class,
    find_argument,
    remove_argument,
    set_argument,
    string_argument,
)
from kit_django.codegen.source.merging.places import NotFound
from kit_django.codegen.source.merging.rows import (
    call_of_row,
    list_of_row,
    row_of_call,
    row_of_list,
)
from kit_django.codegen.source.merging.statements import Statements, is_field, targets
from kit_django.codegen.source.merging.writer import Writer
from kit_django.codegen.source.rendering import import_name, render
from kit_django.schema.constructs import Call, Value

# Keywords of an entry that mean nothing to a database.
PERSONS_OWN = {"violation_error_message", "violation_error_code", "name"}


@dataclass
class Meta:
    """``inherited`` is how the class names the Meta that it inherits, if it does one."""

    statements: Statements
    writer: Writer
    imports: Imports
    inherited: str = ""
    inherited_options: frozenset[str] = frozenset()

    def set_option(self, option: str, value: Value) -> None:
        text = None if value is None else render(value, self.imports)
        if text is None:
            inner = self._own()
            inner.remove(option)
            self._put(inner)
            return
        self._assign(option, text)

    def _assign(self, option: str, text: str) -> None:
        inner = self._own(make=True)
        if any(option in targets(each) for each in inner.body):
            inner.change_value(option, lambda _: self.writer.expression(text, option))
        else:
            inner.add_field(self.writer.statement(f"{option} = {text}"), _names(inner))
        self._put(inner)

    def add_entry(self, option: str, call: Call) -> None:
        if not self._has(option):
            self._add_list(option, call)
            return
        self._change_list(option, lambda node: self._appended(node, call))

    def _add_list(self, option: str, call: Call) -> None:
        """Django takes an inherited list only where the class has none of its own."""
        inherits = self.inherited and option in self.inherited_options
        inherited = f"*{self.inherited}.{option}, " if inherits else ""
        self._assign(option, f"[{inherited}{render(call, self.imports)}]")

    def _appended(self, node: Any, call: Call) -> Any:
        row = row_of_list(node)
        text = self.written(call)
        is_spread = isinstance(row.start, cst.ParenthesizedWhitespace)
        plain = list_of_row(node, row.appended(cst.Element(cst.parse_expression(text))))
        fitted = self.writer.fitted(plain, None, 4 + len("constraints = "))
        if not is_spread and fitted is plain:
            return plain
        spread = row.appended(cst.Element(self.writer.entry(text)))
        return list_of_row(node, spread if is_spread else spread.spread(self.writer.indent))

    def remove_entry(self, option: str, name: str) -> None:
        """A list without entries goes altogether."""
        if len(self._list(option).elements) == 1 and _found(self._list(option), name) == 0:
            inner = self._own()
            inner.remove(option)
            self._put(inner)
            return
        self._change_list(
            option, lambda node: list_of_row(node, row_of_list(node).removed(_found(node, name)))
        )

    def change_entry(self, option: str, name: str, call: Call) -> None:
        self._change_list(option, lambda node: self._replaced(node, _found(node, name), call))

    def _replaced(self, node: Any, number: int, call: Call) -> Any:
        element = node.elements[number]
        changed = self._changed(element.value, call)
        return list_of_row(
            node, row_of_list(node).replaced(number, element.with_changes(value=changed))
        )

    def _changed(self, old: cst.Call, call: Call) -> cst.Call:
        """Keyword by keyword; expressions are one whole."""
        new: cst.Call = cst.parse_expression(render(call, self.imports))  # type: ignore[assignment]
        positional = [each for each in old.args if each.keyword is None]
        if positional or call.args:
            return self._rewritten(old, new)
        changed = old
        written = import_name(call.path, self.imports)
        if call.name != cst.Module([]).code_for_node(old.func).rpartition(".")[2]:
            changed = change_class(changed, written)
        wanted = dict(call.kwargs)
        for argument in old.args:
            keyword = argument.keyword.value if argument.keyword else ""
            if keyword and keyword not in wanted and keyword not in PERSONS_OWN:
                changed = remove_argument(changed, keyword)
        for keyword, value in wanted.items():
            changed = set_argument(changed, keyword, None, self.written(value))
        return self.writer.fitted(changed, old, 8)  # type: ignore[no-any-return]

    def _rewritten(self, old: cst.Call, new: cst.Call) -> cst.Call:
        """A new call with what only a person could have written in the old one."""
        entry: cst.Call = self.writer.entry(cst.Module([]).code_for_node(new))
        row = row_of_call(entry)
        for keyword in sorted(PERSONS_OWN - {"name"}):
            found = find_argument(old, keyword)
            if found is not None:
                row = row.appended(old.args[found])
        return call_of_row(entry, row)

    def written(self, value: Value) -> str:
        return self.writer.value(render(value, self.imports))

    # The statements of Meta

    def _position(self) -> int | None:
        for number, each in enumerate(self.statements.body):
            if isinstance(each, cst.ClassDef) and each.name.value == "Meta":
                return number
        return None

    def _own(self, *, make: bool = False) -> Statements:
        """Raises NotFound where the class has no Meta in its body, and none is to be made."""
        number = self._position()
        if number is not None:
            return Statements.of(self.statements.body[number])
        if not make or any("Meta" in targets(each) for each in self.statements.body):
            raise NotFound("the class has no Meta of its own")
        return Statements([])

    def _put(self, inner: Statements) -> None:
        number = self._position()
        if number is None:
            number = self._make()
        if not inner.body and not inner.footer and not self.statements.body[number].bases:
            inner.body = [cst.parse_statement("pass")]
        self.statements.body[number] = inner.put_into(self.statements.body[number])

    def _make(self) -> int:
        """A Meta behind the fields and managers, before the methods."""
        bases = f"({self.inherited})" if self.inherited else ""
        node: Any = cst.parse_statement(f"class Meta{bases}:\n    pass\n")
        body = self.statements.body
        fields = [number for number, each in enumerate(body) if is_field(each) or targets(each)]
        place = fields[-1] + 1 if fields else len(body)
        lines = [cst.EmptyLine(indent=False)] if place else []
        body.insert(place, node.with_changes(leading_lines=lines))
        return place

    def _has(self, option: str) -> bool:
        number = self._position()
        if number is None:
            return False
        inner = Statements.of(self.statements.body[number])
        return any(option in targets(each) for each in inner.body)

    def _list(self, option: str) -> Any:
        inner = self._own()
        line = inner.body[inner.position(option)]
        value = line.body[-1].value
        is_tuple = isinstance(value, cst.Tuple) and value.lpar
        if not (isinstance(value, cst.List) or is_tuple):
            raise NotFound(f"{option} is not a list that is written out")
        return value

    def _change_list(self, option: str, changed: Any) -> None:
        new = changed(self._list(option))
        inner = self._own()
        inner.change_value(option, lambda _: new)
        self._put(inner)


def _names(statements: Statements) -> tuple[str, ...]:
    """What is assigned, the last first."""
    return tuple(name for each in reversed(statements.body) for name in targets(each))


def _found(node: Any, name: str) -> int:
    """The place of the call with ``name="..."`` among the entries of a list. Raises NotFound."""
    for number, element in enumerate(node.elements):
        if string_argument(element.value, "name") == name:
            return number
    raise NotFound(f"no entry is called {name!r} in so many words")
