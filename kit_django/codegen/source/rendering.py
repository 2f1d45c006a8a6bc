"""Models -> Python source, formatted as the project formats its own (the only use of black)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kit_django.codegen.source.imports import Imports
from kit_django.codegen.specs import ChoicesSpec, FieldSpec, ModelSpec
from kit_django.schema.constructs import Binary, Call, Name, Not, Ref, Value

if TYPE_CHECKING:
    from black import Mode

MODULES = (
    "datetime",
    "decimal",
    "django.conf",
    "django.contrib.postgres.constraints",
    "django.contrib.postgres.fields",
    "django.contrib.postgres.functions",
    "django.contrib.postgres.indexes",
    "django.contrib.postgres.search",
    "django.db.models.expressions",
    "django.db.models.functions",
    "kit_django.constraints",
    "kit_django.fields",
    "kit_django.indexes",
    "kit_django.managers",
    "kit_django.naive",
    "kit_django.postgres",
    "uuid",
)
MODE_SETTINGS = {
    "line-length": "line_length",
    "skip-string-normalization": "string_normalization",
    "skip-magic-trailing-comma": "magic_trailing_comma",
    "preview": "preview",
    "unstable": "unstable",
}


def import_name(path: str, imports: Imports) -> str:
    """How a dotted path is written, with its import remembered."""
    for module in MODULES:
        if path.startswith(f"{module}."):
            first, dot, rest = path.removeprefix(f"{module}.").partition(".")
            return imports.use(module, first) + dot + rest
    prefix = "django.db.models."
    if not path.startswith(prefix):
        raise ValueError(f"No module is known for {path}.")
    return f"{imports.use('django.db', 'models')}.{path.removeprefix(prefix)}"


def render_model(model: ModelSpec, imports: Imports) -> str:
    """The source of a class, not formatted yet."""
    models = imports.use("django.db", "models")
    lines = [f"class {_identifier(model.name)}({models}.Model):"]
    if model.docstring:
        lines += [f"    {_docstring(model.docstring)}", ""]
    for choices in model.choices:
        lines += [render_choices(choices, imports), ""]
    lines += _indented(render_field(each, imports) for each in model.fields)
    lines += ["", "    class Meta:"]
    for name, value in model.meta:
        lines.append(f"        {_identifier(name)} = {render(value, imports)}")
    return "\n".join(lines) + "\n"


def assert_writable(model: ModelSpec) -> None:
    """Raises where the source of a class would not be Python's."""
    compile(render_model(model, Imports()), model.name, "exec", dont_inherit=True)


def render(value: Value, imports: Imports) -> str:
    """The source of one expression. What came from a database is a literal in it."""
    match value:
        case Ref(path):
            return import_name(path, imports)
        case Name(name):
            return ".".join(map(_identifier, name.split(".")))
        case Call(path, args, kwargs):
            parts = [render(each, imports) for each in args]
            parts += [f"{_identifier(name)}={render(each, imports)}" for name, each in kwargs]
            return f"{import_name(path, imports)}({', '.join(parts)})"
        case Binary(operator, left, right):
            return f"{_operand(left, imports)} {operator} {_operand(right, imports)}"
        case Not(operand):
            return f"~{_operand(operand, imports)}"
        case Decimal():
            return f"{import_name('decimal.Decimal', imports)}({str(value)!r})"
        case list():
            return f"[{', '.join(render(each, imports) for each in value)}]"
        case tuple():
            inner = ", ".join(render(each, imports) for each in value)
            return f"({inner},)" if len(value) == 1 else f"({inner})"
        case Mapping():
            inner = ", ".join(f"{name!r}: {render(each, imports)}" for name, each in value.items())
            return f"{{{inner}}}"
    return repr(value)


def _operand(value: Value, imports: Imports) -> str:
    text = render(value, imports)
    return f"({text})" if isinstance(value, Binary) else text


def render_field(spec: FieldSpec, imports: Imports) -> str:
    """The line of a class body that makes a field."""
    return f"{_identifier(spec.name)} = {render(spec.call, imports)}"


def render_choices(choices: ChoicesSpec, imports: Imports) -> str:
    """The class of a field's choices, indented as in a class body."""
    models = imports.use("django.db", "models")
    lines = [f"class {_identifier(choices.name)}({models}.{_identifier(choices.base)}):"]
    for name, value, label in choices.members:
        said = repr(value) if label is None else f"{value!r}, {label!r}"
        lines.append(f"    {_identifier(name)} = {said}")
    return "\n".join(_indented(lines))


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def _docstring(text: str) -> str:
    return f'"""{text}"""'


def _identifier(name: str) -> str:
    """Names are the one thing that is written as it is."""
    if not name.isidentifier() or unicodedata.normalize("NFKC", name) != name:
        raise ValueError(f"{name!r} is no name for Python.")
    return name


@dataclass(frozen=True, slots=True)
class Style:
    """How the project's own black settings have source written."""

    mode: Mode

    @classmethod
    def of(cls, near: Path) -> Style:
        """The settings of the project that the file ``near`` is in."""
        return cls(_mode(near))

    @property
    def line_length(self) -> int:
        return self.mode.line_length

    @property
    def is_usual(self) -> bool:
        """Whether black lays out as it does of itself: not as its next release may, nor against the
        commas that it has put."""
        return not (self.mode.preview or self.mode.unstable) and self.mode.magic_trailing_comma

    @property
    def prefers_double_quotes(self) -> bool:
        return self.mode.string_normalization

    def endless(self) -> Style:
        """The same with lines of any length."""
        return Style(replace(self.mode, line_length=1_000_000))

    def format(self, source: str) -> str:
        import black

        return black.format_str(source, mode=self.mode)


def _mode(near: Path) -> Mode:
    import black
    from black.files import find_pyproject_toml, parse_pyproject_toml

    found = find_pyproject_toml((str(near),))
    if found is None or not Path(found).is_relative_to(_root(near)):
        return black.Mode()
    return _mode_of(parse_pyproject_toml(found))


def _root(near: Path) -> Path:
    from black.files import find_project_root

    return find_project_root((str(near),))[0] or near.parent


def _mode_of(given: dict[str, Any]) -> Mode:
    """black's mode from its own settings; those of the ``skip_`` kind are the other way round."""
    import black
    from black.mode import TargetVersion

    options: dict[str, Any] = {}
    for key, value in given.items():
        name = MODE_SETTINGS.get(key.replace("_", "-"))
        if name is not None:
            options[name] = not _is_true(value) if key.startswith("skip") else _plain(value)
    versions = given.get("target_version", [])
    names = [versions] if isinstance(versions, str) else versions
    options["target_versions"] = {TargetVersion[str(name).upper()] for name in names}
    return black.Mode(**options)


def _plain(value: Any) -> Any:
    """black's reader of pyproject.toml hands out texts."""
    text = str(value)
    return int(text) if text.isdigit() else _is_true(value)


def _is_true(value: Any) -> bool:
    return str(value).lower() == "true"
