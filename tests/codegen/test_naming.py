"""Names that Python would take and a model could not be called with; what words cost."""

from __future__ import annotations

import pytest

from kit_django.codegen import naming
from kit_django.codegen.inference.choices import choices_for


def test_self_is_no_name_of_a_field() -> None:
    assert naming.field_name("self") == "self_field"
    assert naming.relation_name("self_id") == "self_field"


@pytest.mark.parametrize(
    ("table", "name"),
    [("dbaliases", "Dbalias"), ("portdnses", "Portdns"), ("purchases", "Purchase")],
)
def test_words_that_inflect_does_not_know(table: str, name: str) -> None:
    assert naming.class_name(table) == name


def test_a_label_is_said_where_django_makes_another() -> None:
    members = choices_for("kind", ("draft", "In Use", "cURL"), set()).members
    assert members == (
        ("DRAFT", "draft", None),
        ("IN_USE", "In Use", None),
        ("CURL", "cURL", "cURL"),
    )


def test_inflect_s_functions_are_not_compiled_a_second_time() -> None:
    """typeguard takes seconds for it, at each start."""
    import typeguard

    assert naming.plural("post") == "posts"
    import inflect

    assert "typeguard" not in inflect.engine.plural_noun.__code__.co_names
    assert typeguard.typechecked.__module__.startswith("typeguard")
