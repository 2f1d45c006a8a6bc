"""What a person does to models.py, some thirty kinds of it, on the text of any models.

Each edit takes a ``Draft`` and changes its text. It leaves marks: words that have to be there as long
as the column is that the edit is about, and for ever where it is about none.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

Edit = "Callable[[Draft], None]"
EDITS: dict[str, Callable[[Draft], None]] = {}


@dataclass(frozen=True)
class Field:
    """A statement that makes a field; the lines are counted from 0."""

    name: str
    column: str
    kind: str
    first: int
    last: int


@dataclass(frozen=True)
class Model:
    name: str
    table: str
    first: int
    last: int
    fields: tuple[Field, ...]
    meta: tuple[int, int]

    def field_of(self, column: str) -> Field | None:
        return next((each for each in self.fields if each.column == column), None)


def models_of(text: str) -> list[Model]:
    """The classes with a table of their own."""
    found = []
    for node in ast.parse(text).body:
        if isinstance(node, ast.ClassDef) and (meta := _meta(node)) is not None:
            table = _assigned(meta, "db_table")
            if table:
                fields = tuple(each for line in node.body if (each := _field(line)) is not None)
                span = (meta.lineno - 1, meta.end_lineno - 1)  # type: ignore[operator]
                first = min([node.lineno, *(each.lineno for each in node.decorator_list)]) - 1
                last = node.end_lineno - 1  # type: ignore[operator]
                found.append(Model(node.name, table, first, last, fields, span))
    return found


def _meta(node: ast.ClassDef) -> ast.ClassDef | None:
    inner = (each for each in node.body if isinstance(each, ast.ClassDef))
    return next((each for each in inner if each.name == "Meta"), None)


def _assigned(node: ast.ClassDef, name: str) -> str:
    for line in node.body:
        match line:
            case ast.Assign(targets=[ast.Name(id=found)], value=ast.Constant(value=str(text))):
                if found == name:
                    return text
    return ""


def _field(line: ast.stmt) -> Field | None:
    match line:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call):
            pass
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.Call() as call):
            pass
        case _:
            return None
    kind = ast.unparse(call.func).rpartition(".")[2]
    if not kind.endswith(("Field", "Key")) or kind == "ManyToManyField":
        return None
    column = f"{name}_id" if kind in ("ForeignKey", "OneToOneField") else name
    for keyword in call.keywords:
        if keyword.arg == "db_column":
            column = ast.literal_eval(keyword.value)
    assert line.end_lineno is not None
    return Field(name, column, kind, line.lineno - 1, line.end_lineno - 1)


@dataclass
class Draft:
    """A text in work. ``choose`` picks one of several things; ``marks`` are word, table, column."""

    text: str
    choose: Callable[[list], object]  # type: ignore[type-arg]
    marks: list[tuple[str, str, str]] = field(default_factory=list)
    number: int = 0

    def mark(self, table: str = "", column: str = "") -> str:
        """A word that is nowhere else."""
        self.number += 1
        word = f"mine{self.number}x"
        self.marks.append((word, table, column))
        return word

    def model(self) -> Model:
        return self.choose(models_of(self.text))  # type: ignore[return-value]

    def plain_field(self, *kinds: str) -> tuple[Model, Field] | None:
        """One that is neither key nor relation, made in one line."""
        found = [
            (model, each)
            for model in models_of(self.text)
            for each in model.fields
            if each.column != "id"
            and each.first == each.last
            and (not kinds or each.kind in kinds)
            and each.kind not in ("ForeignKey", "OneToOneField")
        ]
        return self.choose(found) if found else None  # type: ignore[return-value]

    @property
    def lines(self) -> list[str]:
        return self.text.split("\n")

    def insert(self, line: int, *new: str) -> None:
        lines = self.lines
        self.text = "\n".join([*lines[:line], *new, *lines[line:]])

    def replace(self, line: int, new: str) -> None:
        lines = self.lines
        self.text = "\n".join([*lines[:line], new, *lines[line + 1 :]])

    def keyword(self, keyword: str, *kinds: str) -> None:
        """Give a field one more keyword."""
        found = self.plain_field(*kinds)
        name = keyword.partition("=")[0]
        if found is None:
            return
        model, each = found
        line = self.lines[each.first]
        if f"{name}=" not in line and "#" not in line:
            mark = self.mark(model.table, each.column)
            end = line.rindex(")")
            separator = "" if line[end - 1] == "(" else ", "
            self.replace(each.first, f"{line[:end]}{separator}{keyword.replace('MARK', mark)})")


def edit(function: Callable[[Draft], None]) -> Callable[[Draft], None]:
    EDITS[function.__name__] = function
    return function


@edit
def a_method(draft: Draft) -> None:
    model = draft.model()
    draft.insert(model.last + 1, "", f"    def {draft.mark()}( self ):", "        return  'odd'")


@edit
def a_property(draft: Draft) -> None:
    model = draft.model()
    name = draft.mark()
    draft.insert(model.last + 1, "", "    @property", f"    def {name}(self): return 1")


@edit
def a_method_before_meta(draft: Draft) -> None:
    model = draft.model()
    draft.insert(model.meta[0], f"    def {draft.mark()}(self):", "        pass", "")


@edit
def a_manager(draft: Draft) -> None:
    model = draft.model()
    name = draft.mark()
    draft.insert(model.meta[0], f"    {name} = models.Manager()  # all", "")
    draft.insert(model.first, f"class {name}Rows(models.QuerySet):", "    pass", "", "")


@edit
def an_ordering(draft: Draft) -> None:
    model = draft.model()
    if "ordering" not in "\n".join(draft.lines[model.meta[0] : model.meta[1]]):
        draft.insert(model.meta[0] + 1, f"        ordering = [ '-id' ]  # {draft.mark()}")


@edit
def a_verbose_name(draft: Draft) -> None:
    model = draft.model()
    draft.insert(model.meta[1] + 1, f"        verbose_name = '{draft.mark()}'")


@edit
def another_class_name(draft: Draft) -> None:
    model = draft.model()
    if model.name.startswith("Mine"):
        return
    name = draft.mark().capitalize()
    draft.marks[-1] = (name, "", "")
    draft.text = re.sub(rf"\b{model.name}\b(?!s)", name, draft.text)


@edit
def another_field_name(draft: Draft) -> None:
    found = draft.plain_field()
    if found is None:
        return
    model, each = found
    line = draft.lines[each.first]
    body = "\n".join(draft.lines[model.first : model.last + 1])
    if body.count(each.name) > 1 or "db_column" in line or "#" in line:
        return
    mark = draft.mark(model.table, each.column)
    end = line.rindex(")")
    separator = "" if line[end - 1] == "(" else ", "
    new = f'{line[:end]}{separator}db_column="{each.column}")'
    draft.replace(each.first, new.replace(each.name, mark, 1))


@edit
def choices(draft: Draft) -> None:
    draft.keyword("choices=[('a', 'MARK')]", "CharField")


@edit
def validators(draft: Draft) -> None:
    draft.keyword("validators=[lambda value: 'MARK']")


@edit
def a_help_text(draft: Draft) -> None:
    draft.keyword("help_text='MARK'")


@edit
def a_verbose_name_of_a_field(draft: Draft) -> None:
    draft.keyword('verbose_name="MARK"')


@edit
def a_default(draft: Draft) -> None:
    draft.keyword("default=lambda: 'MARK'", "CharField", "TextField")


@edit
def an_error_message(draft: Draft) -> None:
    draft.keyword("error_messages={ 'null':'MARK' }")


@edit
def a_comment_above_a_field(draft: Draft) -> None:
    found = draft.plain_field()
    if found is not None:
        draft.insert(found[1].first, f"    # {draft.mark()}")


@edit
def a_comment_behind_a_field(draft: Draft) -> None:
    found = draft.plain_field()
    if found is not None and "#" not in draft.lines[found[1].first]:
        model, each = found
        line = draft.lines[each.first]
        draft.replace(each.first, f"{line}  # {draft.mark(model.table, each.column)}")


@edit
def a_comment_at_the_top(draft: Draft) -> None:
    draft.insert(0, f"# {draft.mark()}")


@edit
def a_comment_at_the_end_of_a_class(draft: Draft) -> None:
    model = draft.model()
    draft.insert(model.last + 1, f"    # {draft.mark()}")


@edit
def a_comment_between_classes(draft: Draft) -> None:
    draft.insert(draft.model().first, f"# {draft.mark()}")


@edit
def a_comment_in_meta(draft: Draft) -> None:
    draft.insert(draft.model().meta[0] + 1, f"        # {draft.mark()}")


@edit
def a_comment_at_the_end_of_the_file(draft: Draft) -> None:
    draft.text += f"\n# {draft.mark()}"  # and no newline behind it


@edit
def an_annotation(draft: Draft) -> None:
    found = draft.plain_field()
    if found is not None and ": " not in draft.lines[found[1].first].partition("=")[0]:
        model, each = found
        line = draft.lines[each.first].replace(each.name, f"{each.name}: 'MARK'", 1)
        draft.replace(each.first, line.replace("MARK", draft.mark(model.table, each.column)))


@edit
def a_nested_class(draft: Draft) -> None:
    model = draft.model()
    draft.insert(model.fields[0].first, f"    class {draft.mark()}:", "        x = 1", "")


@edit
def a_constant(draft: Draft) -> None:
    draft.insert(draft.model().first, f"{draft.mark()} = {{  'a' :1 }}", "", "")


@edit
def a_constant_among_the_fields(draft: Draft) -> None:
    model = draft.model()
    draft.insert(model.fields[0].first, f"    {draft.mark()} = 'x' ; other = 2")


@edit
def a_decorator(draft: Draft) -> None:
    model = draft.model()
    name = draft.mark()
    draft.insert(
        model.first, f"def {name}(cls):", "    return cls", "", "", f"@{name}  # decorated"
    )


@edit
def a_docstring(draft: Draft) -> None:
    model = draft.model()
    line = next(
        number
        for number in range(model.first, model.last)
        if draft.lines[number].startswith("class ")
    )
    if '"""' not in draft.lines[line + 1]:
        draft.insert(line + 1, f"    '''{draft.mark()}", "  odd", "    '''")


@edit
def a_field_class(draft: Draft) -> None:
    found = draft.plain_field("CharField")
    if found is None:
        return
    model, each = found
    name = draft.mark(model.table, each.column)
    line = draft.lines[each.first].replace("models.CharField(", f"{name}Field(", 1)
    draft.replace(each.first, line)
    draft.insert(models_of(draft.text)[0].first, f"class {name}Field(models.CharField): pass", "")


@edit
def an_email_field(draft: Draft) -> None:
    found = draft.plain_field("CharField")
    if found is not None and "#" not in draft.lines[found[1].first]:
        model, each = found
        mark = draft.mark(model.table, each.column)
        line = draft.lines[each.first].replace("models.CharField(", "models.EmailField(", 1)
        draft.replace(each.first, f"{line}  # {mark}")


@edit
def a_field_on_many_lines(draft: Draft) -> None:
    found = draft.plain_field()
    if found is None or "#" in draft.lines[found[1].first]:
        return
    model, each = found
    head, _, tail = draft.lines[each.first].partition("(")
    mark = draft.mark(model.table, each.column)
    draft.replace(each.first, f"{head}(  # {mark}\n        {tail[:-1]}\n    )")


@edit
def another_order(draft: Draft) -> None:
    model = draft.model()
    if len(model.fields) > 2 and all(each.first == each.last for each in model.fields[-2:]):
        one, other = model.fields[-2:]
        lines = draft.lines
        if other.first == one.first + 1:
            lines[one.first], lines[other.first] = lines[other.first], lines[one.first]
            draft.text = "\n".join(lines)


@edit
def a_mixin(draft: Draft) -> None:
    model = draft.model()
    name = draft.mark()
    draft.text = re.sub(
        rf"class {model.name}\((?!{name})", f"class {model.name}({name}, ", draft.text, count=1
    )
    draft.insert(model.first, f"class {name}: pass", "")


@edit
def a_proxy(draft: Draft) -> None:
    name = draft.mark()
    lines = [f"class {name}({draft.model().name}):", "    class Meta:", "        proxy = True"]
    draft.text += "\n" + "\n".join(["", *lines, ""])


@edit
def an_import(draft: Draft) -> None:
    draft.insert(0, f"import os as {draft.mark()}, sys")


@edit
def a_block_for_type_checkers(draft: Draft) -> None:
    name = draft.model().name
    draft.insert(
        draft.model().first,
        "TYPE_CHECKING = False",
        "if TYPE_CHECKING:",
        f"    class {name}: {draft.mark()} = 1",
        "",
    )


@edit
def a_function(draft: Draft) -> None:
    draft.text += f"\ndef {draft.mark()}( a,b ) :  return a\n"
