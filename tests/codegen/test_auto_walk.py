"""Any models, and any edits of them: --auto follows, with rows in the tables, and can be taken back."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.commands.test_make_migration_auto import NOTHING, auto, tables

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.backends.base.base import BaseDatabaseWrapper

    from tests.projects import Project

TIMES = int(os.environ.get("KIT_TEST_EXAMPLES", "1"))
# A field's class and arguments, and a default that Python and the database can have.
KINDS = {
    "char": ("CharField(max_length=20", '"x"'),
    "long": ("CharField(max_length=90", '"x"'),
    "slug": ("SlugField(max_length=30", '"x"'),
    "text": ("TextField(", '"x"'),
    "int": ("IntegerField(", "1"),
    "big": ("BigIntegerField(", "1"),
    "positive": ("PositiveIntegerField(", "1"),
    "decimal": ("DecimalField(max_digits=8, decimal_places=2", "1"),
    "float": ("FloatField(", "1.5"),
    "bool": ("BooleanField(", "True"),
    "date": ("DateField(", '"2024-01-01"'),
    "datetime": ("DateTimeField(", '"2024-01-01T00:00:00+00:00"'),
    "duration": ("DurationField(", "datetime.timedelta(hours=1)"),
    "uuid": ("UUIDField(", 'uuid.UUID("12345678123456781234567812345678")'),
    "json": ("JSONField(", "dict"),
    "ip": ("GenericIPAddressField(", '"127.0.0.1"'),
}
INDEXED = ("char", "long", "slug", "int", "big", "positive", "decimal", "date", "datetime", "uuid")
WITH_DEFAULT = ("char", "long", "int", "big", "positive", "decimal", "bool")
WIDER = {"char": "long", "slug": "long", "int": "big", "long": "text", "positive": "int"}
WIDER |= {"big": "decimal", "bool": "bool", "date": "datetime"}


@dataclass(frozen=True)
class Field:
    kind: str
    null: bool = False
    unique: bool = False
    index: bool = False
    db_default: bool = False

    @property
    def source(self) -> str:
        call, value = KINDS[self.kind]
        words = [] if call.endswith("(") else [""]
        if self.null:
            words.append("null=True")
        elif not self.db_default:
            words.append(f"default={value}")
        words += ["unique=True"] if self.unique else []
        words += ["db_index=True"] if self.index else []
        words += [f"db_default={value}"] if self.db_default else []
        inside = ", ".join(words).removeprefix(", ")
        return f"models.{call}{', ' if words and words[0] == '' else ''}{inside})"


@dataclass(frozen=True)
class Model:
    fields: dict[str, Field] = field(default_factory=dict)
    keys: dict[str, tuple[str, str]] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    indexes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    checks: dict[str, str] = field(default_factory=dict)
    uniques: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def source(self, name: str) -> str:
        lines = [f"class {name}(models.Model):"]
        lines += [f"    {each} = {what.source}" for each, what in self.fields.items()]
        lines += [
            f'    {each} = models.{kind}("{to}", null=True, on_delete=models.SET_NULL, related_name="+")'
            for each, (kind, to) in self.keys.items()
        ]
        lines += [
            f'    {each} = models.ManyToManyField("{to}", related_name="+")'
            for each, to in self.links.items()
        ]
        entries = [
            f'models.CheckConstraint(condition=models.Q({column}__lte=1000), name="{each}")'
            for each, column in self.checks.items()
        ]
        entries += [
            f'models.UniqueConstraint(fields={[*names]}, name="{each}")'
            for each, names in self.uniques.items()
        ]
        indexes = [
            f'models.Index(fields={[*names]}, name="{each}")'
            for each, names in self.indexes.items()
        ]
        lines += ["", "    class Meta:", f"        indexes = [{', '.join(indexes)}]"]
        lines += [f"        constraints = [{', '.join(entries)}]", "", ""]
        return "\n".join(lines)

    def without(self, name: str) -> Model:
        """Without the field, and what stands on it."""
        return replace(
            self,
            fields={each: what for each, what in self.fields.items() if each != name},
            indexes={each: names for each, names in self.indexes.items() if name not in names},
            checks={each: column for each, column in self.checks.items() if column != name},
            uniques={each: names for each, names in self.uniques.items() if name not in names},
        )


Models = dict[str, Model]
HEAD = "import datetime\nimport uuid\n\nfrom django.db import models\n\n\n"


def source_of(models: Models) -> str:
    return HEAD + "\n".join(model.source(name) for name, model in models.items())


@dataclass
class Walk:
    """Draws models and edits. ``said`` are the renames of the last edits."""

    draw: Callable[[Any], Any]
    models: Models = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    count: int = 0

    def name(self, prefix: str) -> str:
        """One that nothing has had before."""
        self.count += 1
        return f"{prefix}{self.count}"

    def one_of(self, found: Any) -> Any:
        return self.draw(st.sampled_from(list(found)))

    def begin(self) -> None:
        for _ in range(self.draw(st.integers(1, 3))):
            self.add_model()
        for _ in range(self.draw(st.integers(0, 4))):
            self.one_of([self.add_key, self.add_link, self.add_index, self.add_check])()

    def edit(self) -> None:
        self.said = []
        edits = [
            *(self.add_model, self.remove_model, self.add_field, self.add_field, self.remove_field),
            *(self.rename_field, self.retype, self.change_null, self.change_unique),
            *(self.change_index, self.change_default, self.add_index, self.remove_index),
            *(self.add_check, self.remove_check, self.add_key, self.remove_key, self.add_link),
            *(self.remove_link, self.rename_model, self.add_unique),
        ]
        for _ in range(self.draw(st.integers(1, 5))):
            self.one_of(edits)()

    # Models

    def add_model(self) -> None:
        fields = {self.name("f"): self.a_field() for _ in range(self.draw(st.integers(1, 5)))}
        self.models[self.name("Thing")] = Model(fields)

    def remove_model(self) -> None:
        if len(self.models) < 2 or self.said:
            return
        gone = self.one_of(self.models)
        del self.models[gone]
        for name, model in self.models.items():
            keys = {each: key for each, key in model.keys.items() if key[1] != gone}
            links = {each: to for each, to in model.links.items() if to != gone}
            self.models[name] = replace(model, keys=keys, links=links)

    def rename_model(self) -> None:
        free = [
            name
            for name, model in self.models.items()
            if not model.links
            and not any(name in other.links.values() for other in self.models.values())
        ]
        if not free or self.said:
            return
        old, new = self.one_of(free), self.name("Thing")
        self.models = {new if name == old else name: each for name, each in self.models.items()}
        for name, model in self.models.items():
            keys = {
                each: (kind, new if to == old else to) for each, (kind, to) in model.keys.items()
            }
            self.models[name] = replace(model, keys=keys)
        self.said.append(f"blog_{old.lower()}=blog_{new.lower()}")

    # Fields

    def a_field(self) -> Field:
        kind = self.one_of(KINDS)
        null = self.draw(st.booleans())
        indexed = kind in INDEXED
        unique = indexed and null and self.draw(st.booleans())
        index = indexed and not unique and self.draw(st.booleans())
        default = kind in WITH_DEFAULT and not null and self.draw(st.booleans())
        return Field(kind, null, unique, index, default)

    def change(self, **changes: Any) -> None:
        """Some model's."""
        name = self.one_of(self.models)
        self.models[name] = replace(self.models[name], **changes)

    def add_field(self) -> None:
        name = self.one_of(self.models)
        fields = {**self.models[name].fields, self.name("f"): self.a_field()}
        self.models[name] = replace(self.models[name], fields=fields)

    def remove_field(self) -> None:
        name = self.one_of(self.models)
        if len(self.models[name].fields) > 1:
            self.models[name] = self.models[name].without(self.one_of(self.models[name].fields))

    def rename_field(self) -> None:
        name = self.one_of(self.models)
        model = self.models[name]
        if self.said or not model.fields:
            return
        old, new = self.one_of(model.fields), self.name("f")

        def called(names: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(new if each == old else each for each in names)

        self.models[name] = replace(
            model,
            fields={new if each == old else each: what for each, what in model.fields.items()},
            indexes={each: called(names) for each, names in model.indexes.items()},
            uniques={each: called(names) for each, names in model.uniques.items()},
            checks={each: new if on == old else on for each, on in model.checks.items()},
        )
        self.said.append(f"blog_{name.lower()}.{old}={new}")

    def put(self, change: Callable[[Field], Field | None]) -> None:
        name = self.one_of(self.models)
        model = self.models[name]
        if not model.fields:
            return
        at = self.one_of(model.fields)
        new = change(model.fields[at])
        if new is not None:
            self.models[name] = replace(model, fields={**model.fields, at: new})

    def retype(self) -> None:
        def wider(old: Field) -> Field | None:
            kind = WIDER.get(old.kind)
            if kind is None or old.unique or old.index:
                return None
            return replace(old, kind=kind, db_default=old.db_default and kind in WITH_DEFAULT)

        name = self.one_of(self.models)
        model = self.models[name]
        bound = {
            each for names in (*model.indexes.values(), *model.uniques.values()) for each in names
        }
        free = [each for each in model.fields if each not in bound | set(model.checks.values())]
        if free:
            at = self.one_of(free)
            self.models[name] = replace(
                model, fields={**model.fields, at: wider(model.fields[at]) or model.fields[at]}
            )

    def change_null(self) -> None:
        def other(old: Field) -> Field | None:
            if old.unique:
                return None
            return replace(old, null=not old.null, db_default=False)

        name = self.one_of(self.models)
        if not self.models[name].uniques:
            self.put(other)

    def change_unique(self) -> None:
        self.put(
            lambda old: (
                replace(old, unique=not old.unique, index=False)
                if old.null and old.kind in INDEXED
                else None
            )
        )

    def change_index(self) -> None:
        self.put(
            lambda old: (
                replace(old, index=not old.index)
                if old.kind in INDEXED and not old.unique
                else None
            )
        )

    def change_default(self) -> None:
        self.put(
            lambda old: (
                replace(old, db_default=not old.db_default)
                if old.kind in WITH_DEFAULT and not old.null
                else None
            )
        )

    # Meta

    def columns(self, model: Model, kinds: tuple[str, ...] = INDEXED) -> list[str]:
        return [each for each, what in model.fields.items() if what.kind in kinds]

    def add_index(self) -> None:
        name = self.one_of(self.models)
        model = self.models[name]
        if found := self.columns(model):
            names = tuple(dict.fromkeys(self.one_of(found) for _ in range(2)))
            indexes = {**model.indexes, self.name("index_"): names}
            self.models[name] = replace(model, indexes=indexes)

    def remove_index(self) -> None:
        name = self.one_of(self.models)
        indexes = dict(list(self.models[name].indexes.items())[1:])
        self.models[name] = replace(self.models[name], indexes=indexes)

    def add_unique(self) -> None:
        """With a column that is null in all rows, so that they differ."""
        name = self.one_of(self.models)
        model = self.models[name]
        free = [each for each in self.columns(model) if model.fields[each].null]
        if free and (found := self.columns(model)):
            names = tuple(dict.fromkeys([self.one_of(free), self.one_of(found)]))
            if len(names) == 2:
                uniques = {**model.uniques, self.name("unique_"): names}
                self.models[name] = replace(model, uniques=uniques)

    def add_check(self) -> None:
        name = self.one_of(self.models)
        model = self.models[name]
        if found := self.columns(model, ("int", "big", "positive")):
            checks = {**model.checks, self.name("check_"): self.one_of(found)}
            self.models[name] = replace(model, checks=checks)

    def remove_check(self) -> None:
        name = self.one_of(self.models)
        checks = dict(list(self.models[name].checks.items())[1:])
        self.models[name] = replace(self.models[name], checks=checks)

    # Relations

    def add_key(self) -> None:
        name, to = self.one_of(self.models), self.one_of(self.models)
        kind = self.one_of(["ForeignKey", "OneToOneField"])
        keys = {**self.models[name].keys, self.name("key"): (kind, to)}
        self.models[name] = replace(self.models[name], keys=keys)

    def remove_key(self) -> None:
        name = self.one_of(self.models)
        keys = dict(list(self.models[name].keys.items())[1:])
        self.models[name] = replace(self.models[name], keys=keys)

    def add_link(self) -> None:
        name, to = self.one_of(self.models), self.one_of(self.models)
        links = {**self.models[name].links, self.name("link"): to}
        self.models[name] = replace(self.models[name], links=links)

    def remove_link(self) -> None:
        name = self.one_of(self.models)
        links = dict(list(self.models[name].links.items())[1:])
        self.models[name] = replace(self.models[name], links=links)


ROWS = """
from django.apps import apps
for model in apps.get_app_config("blog").get_models():
    model.objects.create()
    model.objects.create()
"""


@pytest.mark.long
@given(data=st.data())
@settings(max_examples=3 * TIMES, phases=(Phase.explicit, Phase.reuse, Phase.generate))
def test_any_models_and_any_edits_of_them(
    data: st.DataObject,
    project: Project,
    wipe: Callable[[BaseDatabaseWrapper], None],
) -> None:
    begin_anew(project, wipe)
    walk = Walk(data.draw)
    walk.begin()
    step(project, walk)
    for _ in range(3):
        walk.edit()
        step(project, walk)


def begin_anew(project: Project, wipe: Callable[[BaseDatabaseWrapper], None]) -> None:
    wipe(project.connection)
    for path in project.file("migrations").glob("*.py"):
        path.unlink()


def step(project: Project, walk: Walk) -> None:
    """The models are written, followed, taken back and followed again."""
    source = source_of(walk.models)
    project.write("blog/models.py", source)
    before = tables(project)
    words = [word for said in walk.said for word in ("--rename", said)]
    result = clear_renames(project, words)
    assert result.code == 0, f"{result.stderr}\n{source}"
    if result.lines != NOTHING:
        project.run("migrate", check=0)
        project.run("migrate_rollback", check=0)
        after = tables(project)
        assert {name: after[name] for name in before if name in after} == before, source
        project.run("migrate", check=0)
    project.run("db_sync", "--check", check=0)
    assert auto(project).lines == NOTHING
    project.run("shell", "-v", "0", "-c", ROWS, check=0)


def clear_renames(project: Project, words: list[str]) -> Any:
    """What --auto says, once it has been told that all else it asks for was not renamed."""
    while True:
        result = auto(project, *words, "--drop", "*", "--force", "--no-input", check=None)
        if "It is not clear what was renamed" not in result.stderr:
            return result
        asked = result.stderr.split("--rename ")[1:]
        names = {each.partition("=")[0] for each in asked}
        words = [*words, *(word for name in sorted(names) for word in ("--rename", f"{name}="))]
