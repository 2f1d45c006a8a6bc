"""Names in Python for names in a database."""

from __future__ import annotations

import keyword

import pytest
from django.db import models
from hypothesis import given
from hypothesis import strategies as st

from kit_django.codegen import naming
from kit_django.codegen.inference.names import database_name, plain_name, table_key, table_name

VENDORS = ("sqlite", "postgresql", "mysql")


@pytest.mark.parametrize(
    ("table", "wanted"),
    [
        ("users", "User"),
        ("order_details", "OrderDetail"),
        ("OrderDetails", "OrderDetail"),
        ("Order Details", "OrderDetail"),
        ("categories", "Category"),
        ("people", "Person"),
        ("addresses", "Address"),
        ("status", "Status"),
        ("news", "News"),
        ("data", "Data"),
        ("bus", "Bus"),
        ("gas", "Gas"),
        ("film_actor", "FilmActor"),
        ("HTTPRequests", "HttpRequest"),
        ("2fa_tokens", "Table2faToken"),
        ("ключ", "Table"),
        ("index", "IndexModel"),
        ("None", "NoneModel"),
    ],
)
def test_classes_are_singular(table: str, wanted: str) -> None:
    assert naming.class_name(table) == wanted


def test_classes_are_unique_without_regard_to_case() -> None:
    assert naming.class_name("order_details", {"orderdetail"}) == "OrderDetail2"


@pytest.mark.parametrize(
    ("column", "wanted"),
    [
        ("title", "title"),
        ("CustomerID", "customer_id"),
        ("unitPrice", "unit_price"),
        ("HTTPServer", "http_server"),
        ("zip code", "zip_code"),
        ("address2", "address2"),
        ("int4range", "int4range"),
        ("a__b", "a_b"),
        ("_private_", "private"),
        ("class", "class_field"),
        ("save", "save_field"),
        ("objects", "objects_field"),
        ("pk", "pk_field"),
        ("models", "models_field"),
        ("get_status_display", "get_status_display_field"),
        ("2fa", "field_2fa"),
        ("ключ", "field"),
        ("Größe", "groe"),
    ],
)
def test_fields_are_snake_case_and_allowed(column: str, wanted: str) -> None:
    assert naming.field_name(column) == wanted


def test_fields_are_unique() -> None:
    assert naming.field_name("a_b", {"a_b", "a_b_2"}) == "a_b_3"


@pytest.mark.parametrize(
    "name", ["check", "clean", "delete", "from_db", "refresh_from_db", "_meta"]
)
def test_names_of_every_model_are_reserved(name: str) -> None:
    assert hasattr(models.Model, name) or name == "_meta"
    assert naming.is_reserved_field_name(name)


@pytest.mark.parametrize(
    ("column", "wanted"),
    [
        ("author_id", "author"),
        ("SupportRepId", "support_rep"),
        ("owner", "owner"),
        ("class_id", "class_field"),
        ("id", "id"),
    ],
)
def test_relations_are_called_without_their_id(column: str, wanted: str) -> None:
    assert naming.relation_name(column) == wanted


@pytest.mark.parametrize(
    ("label", "wanted"),
    [
        ("active", "ACTIVE"),
        ("PG-13", "PG_13"),
        ("", "EMPTY"),
        ("1st", "VALUE_1ST"),
        ("🦊", "EMPTY"),
    ],
)
def test_members_of_choices(label: str, wanted: str) -> None:
    assert naming.member_name(label) == wanted


@given(st.text())
def test_every_text_becomes_a_valid_name(text: str) -> None:
    field, model = naming.field_name(text), naming.class_name(text)
    for name in (field, model, naming.member_name(text)):
        assert name.isidentifier()
        assert name.isascii()
        assert not keyword.iskeyword(name)
    assert "__" not in field
    assert not field.endswith("_")
    assert field == field.lower()


@given(st.lists(st.text(max_size=3), max_size=9))
def test_names_among_others_are_unique_and_stable(texts: list[str]) -> None:
    def name_all() -> list[str]:
        taken: list[str] = []
        for text in texts:
            taken.append(naming.field_name(text, taken))
        return taken

    assert len(set(name_all())) == len(texts)
    assert name_all() == name_all()


@pytest.mark.parametrize("vendor", VENDORS)
@given(name=st.text(st.characters(exclude_characters="\0"), min_size=1))
def test_a_name_for_the_database_says_what_it_was(vendor: str, name: str) -> None:
    assert plain_name(database_name(name, vendor), vendor) == name
    assert table_key(table_name((None, name), vendor), vendor) == (None, name)
    assert table_key(table_name(("other", name), vendor), vendor) == ("other", name)


@pytest.mark.parametrize("vendor", VENDORS)
@given(name=st.text(st.characters(exclude_characters="\0"), min_size=1))
def test_a_quote_in_a_name_ends_nothing(vendor: str, name: str) -> None:
    """Django takes a name in quotes as it is, and puts quotes around any other."""
    quote = "`" if vendor == "mysql" else '"'
    written = database_name(name, vendor)
    is_quoted = len(written) > 1 and written.startswith(quote) and written.endswith(quote)
    inside = written[1:-1] if is_quoted else written
    assert inside.replace(quote * 2, "").count(quote) == 0
