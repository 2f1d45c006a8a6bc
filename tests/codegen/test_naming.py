"""Names that Python would take and a model could not be called with."""

from __future__ import annotations

from kit_django.codegen import naming


def test_self_is_no_name_of_a_field() -> None:
    assert naming.field_name("self") == "self_field"
    assert naming.relation_name("self_id") == "self_field"
