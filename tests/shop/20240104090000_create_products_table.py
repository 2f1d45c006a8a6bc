from __future__ import annotations

from django.db import models
from django.db.models import F

from kit_django import Migration, Schema


class CreateProductsTable(Migration):
    def up(self, schema: Schema) -> None:
        with schema.create_table("products") as table:
            table.uuid_id()
            table.foreign_id("seller_id", references="users", null=True, on_delete="set null")
            table.slug("slug", unique="products_slug")
            table.url("page", null=True)
            table.decimal("price", 10, 2, default=0, check="price >= 0")
            table.integer("stock", default=0)
            table.generated("worth", F("stock") * 2, models.IntegerField())
            table.float("weight", null=True)
            table.json("details", null=True)
            table.binary("picture", null=True)
            table.column("colours", models.CharField(max_length=40, db_default="grey"))
            table.date("since", null=True)
            table.positive_small_integer("stars", null=True)
            table.positive_integer("seen", default=0)
            table.positive_big_integer("sold", default=0)
