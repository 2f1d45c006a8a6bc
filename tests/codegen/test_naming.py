"""Names that Python would take and a model could not be called with; what words cost."""

from __future__ import annotations

import unicodedata

import pytest

from kit_django.codegen import naming, words
from kit_django.codegen.inference.choices import choices_for


def test_self_is_no_name_of_a_field() -> None:
    assert naming.field_name("self") == "self_field"
    assert naming.relation_name("self_id") == "self_field"


@pytest.mark.parametrize(
    ("table", "name"),
    [("dbaliases", "Dbalias"), ("portdnses", "Portdns"), ("purchases", "Purchase")],
)
def test_words_that_no_rule_serves(table: str, name: str) -> None:
    assert naming.class_name(table) == name


def test_a_label_is_said_where_django_makes_another() -> None:
    members = choices_for("kind", ("draft", "In Use", "cURL"), set()).members
    assert members == (
        ("DRAFT", "draft", None),
        ("IN_USE", "In Use", None),
        ("CURL", "cURL", "cURL"),
    )


@pytest.mark.parametrize(
    ("many", "one"),
    [
        *[("addresses", "address"), ("statuses", "status"), ("people", "person")],
        *[("categories", "category"), ("cookies", "cookie"), ("movies", "movie")],
        *[("leaves", "leaf"), ("knives", "knife"), ("heroes", "hero"), ("photos", "photo")],
        *[("caches", "cache"), ("batches", "batch"), ("databases", "database")],
        *[("bonuses", "bonus"), ("houses", "house"), ("uses", "use"), ("indexes", "index")],
        *[("criteria", "criterion"), ("analyses", "analysis"), ("quizzes", "quiz")],
        *[("order_lenses", "order_lens"), ("boxes", "box"), ("days", "day"), ("slices", "slice")],
    ],
)
def test_a_word_goes_there_and_back(many: str, one: str) -> None:
    assert words.singular(many) == one
    assert words.plural(one) == many
    assert words.singular(one) == one
    assert words.plural(many) == many


@pytest.mark.parametrize("word", ["news", "data", "series", "metadata", "v2", "größen", ""])
def test_what_has_no_plural_stays(word: str) -> None:
    assert words.singular(word) == words.plural(word) == word


@pytest.mark.parametrize(
    "text", ["\u00b4", "a \u00b4b", "¨", "İ", "ΐ", "ǰ", "1́", "_̈x", "ﬁ", "名前"]
)
def test_a_name_is_one_in_the_form_in_which_python_reads_it(text: str) -> None:
    for name in (naming.class_name(text), naming.field_name(text), naming.member_name(text)):
        assert name.isidentifier()
        assert unicodedata.normalize("NFKC", name) == name
