"""What is written of new models is what black would write, though black is asked for little of it."""

from __future__ import annotations

import os
from decimal import Decimal
from typing import Any

import black
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit_django.codegen.source import layout
from kit_django.codegen.source.imports import Imports
from kit_django.codegen.source.rendering import Style, render_model
from kit_django.codegen.specs import ChoicesSpec, FieldSpec, ModelSpec
from kit_django.schema.constructs import Binary, Call, Not, Ref, Value

TIMES = int(os.environ.get("KIT_TEST_EXAMPLES", "1"))
USUAL = Style(black.Mode())
STYLES = [
    USUAL,
    Style(black.Mode(line_length=40)),
    Style(black.Mode(string_normalization=False)),
    Style(black.Mode(magic_trailing_comma=False)),
    Style(black.Mode(preview=True)),
]
NAMES = st.sampled_from(["a", "title", "created_at", "a_name_that_takes_up_some_of_the_line"])
TEXTS = st.one_of(
    st.sampled_from(
        ["", "it's", 'say "so"', "both ' and \"", "a\\b", "line\nbreak", "ü" * 30, "{}"]
    ),
    st.text(alphabet="ab ,()[]'\"#\\\t", max_size=40),
    st.text(alphabet="word ", min_size=1, max_size=90),
)
PLAIN = st.one_of(
    TEXTS,
    st.booleans(),
    st.none(),
    st.integers(-9, 10**9),
    st.floats(allow_nan=False, allow_infinity=False),
    st.binary(max_size=9),
    st.decimals(allow_nan=False, allow_infinity=False, places=2, max_value=99, min_value=0),
    st.just(Ref("django.db.models.DB_CASCADE")),
)


def nested(inner: st.SearchStrategy[Value]) -> st.SearchStrategy[Any]:
    keywords = st.lists(st.tuples(NAMES, inner), max_size=4, unique_by=lambda pair: pair[0])
    conditions = st.builds(lambda pairs: Call("django.db.models.Q", **dict(pairs)), keywords)
    paths = st.sampled_from(["django.db.models.Index", "django.db.models.functions.Lower"])
    return st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(TEXTS, inner, max_size=3),
        st.builds(
            lambda path, args, pairs: Call(path, *args, **dict(pairs)),
            paths,
            st.lists(inner, max_size=3),
            keywords,
        ),
        st.builds(Binary, st.sampled_from(["&", "|"]), conditions, conditions),
        st.builds(Not, conditions),
    )


VALUES = st.recursive(PLAIN, nested, max_leaves=5)


@st.composite
def specs(draw: st.DrawFn) -> ModelSpec:
    """A model of any fields, options and choices."""
    options = [(f"option{number}", draw(VALUES)) for number in range(draw(st.integers(1, 2)))]
    fields = []
    for number in range(draw(st.integers(1, 2))):
        keywords = draw(st.dictionaries(NAMES, VALUES, max_size=3))
        fields.append(FieldSpec(f"field{number}", Call("django.db.models.CharField", **keywords)))
    labels = draw(
        st.dictionaries(NAMES.map(str.upper), st.tuples(TEXTS, st.none() | TEXTS), max_size=3)
    )
    members = tuple((name, *texts) for name, texts in labels.items())
    return ModelSpec(
        app_label="blog",
        name=draw(st.sampled_from(["Post", "P" * 90])),
        table=(None, "posts"),
        docstring=draw(st.sampled_from(["", "", "", "What it is for "])),
        choices=(ChoicesSpec("Kind", "TextChoices", members),) if members else (),
        fields=tuple(fields),
        meta=tuple(options),
    )


@pytest.mark.long
@settings(max_examples=15 * TIMES)
@given(models=st.lists(specs(), min_size=1, max_size=2), style=st.sampled_from(STYLES))
def test_any_models_are_laid_out_as_black_would(models: list[ModelSpec], style: Style) -> None:
    classes = [render_model(model, Imports()) for model in models]
    assert layout.lay_out(classes, style) == style.format("\n\n".join(classes))


def usual(number: int) -> str:
    """A class with plain fields, and some statements that are too long for one line."""
    models = "django.db.models"
    index = Call(
        f"{models}.Index", fields=["title", "-created_at"], name=f"by_title_and_date_{number}"
    )
    check = Call(
        f"{models}.CheckConstraint",
        condition=Call(f"{models}.Q", price__gt=0),
        name=f"the_price_of_table_{number}_is_positive",
    )
    fields = {
        "title": Call(f"{models}.CharField", max_length=200),
        "price": Call(
            f"{models}.DecimalField",
            max_digits=10,
            decimal_places=2,
            null=True,
            blank=True,
            db_default=Decimal("1.50"),
            db_comment=f"what table {number} says of it",
        ),
    }
    model = ModelSpec(
        app_label="blog",
        name=f"Table{number}",
        table=(None, f"table_{number}"),
        fields=tuple(FieldSpec(name, call) for name, call in fields.items()),
        meta=(
            ("db_table", f"table_{number}"),
            ("indexes", [index, index]),
            ("constraints", [check]),
        ),
    )
    return render_model(model, Imports())


def test_black_is_asked_for_long_statements_only_and_finds_nothing_to_change(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[str, str]] = []
    format_str = black.format_str

    def heard(source: str, **options: Any) -> str:
        asked.append((source, format_str(source, **options)))
        return asked[-1][1]

    monkeypatch.setattr(black, "format_str", heard)
    classes = [usual(number) for number in range(30)]
    written = layout.lay_out(classes, USUAL)
    assert len(asked) == 1 + 2  # 30 long fields and 60 long options, 50 a call
    assert all(source == answer for source, answer in asked)
    assert "CharField" not in "".join(source for source, _ in asked)
    monkeypatch.undo()
    assert written == USUAL.format("\n\n".join(classes))
