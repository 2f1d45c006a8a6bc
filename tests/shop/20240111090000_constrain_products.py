from __future__ import annotations

from django.db.models import Q

from kit_django import Migration, Schema


class ConstrainProducts(Migration):
    def up(self, schema: Schema) -> None:
        with schema.alter_table("products") as table:
            table.check(Q(price__lt=100000) | Q(stock=0), name="products_price_limit")
            table.check("weight > 0 OR weight IS NULL")
            table.unique(["seller_id", "slug"])
            if schema.vendor == "postgresql":
                table.unique("picture", deferrable="deferred", nulls_distinct=True, include="price")
