from __future__ import annotations

from django.db.models import F, Q
from django.db.models.functions import Lower

from kit_django import Migration, Schema


class CreateIndexes(Migration):
    def up(self, schema: Schema) -> None:
        schema.create_index("orders", ["user_id", "-placed_at"])
        schema.create_index("products", "colours", name="products_by_colour")
        schema.create_index("order_lines", ["product_id", "position"], unique=True, name="one_each")
        with schema.alter_table("products") as table:
            table.index([F("price").desc(), "stock"], name="products_by_price")
            if schema.vendor == "mysql":
                table.full_text(["slug", "colours"], name="products_words")
                table.index("page", lengths={"page": 20}, comment="5%")
            else:
                table.index(Lower("slug"), name="products_by_slug")
                table.unique("page", where=Q(stock__gt=0), name="products_sold_page")
            if schema.vendor == "postgresql":
                table.index("details", method="gin", opclasses="jsonb_path_ops", name="in_details")
                table.index("since", include="price", options="fillfactor=70", name="by_day")
