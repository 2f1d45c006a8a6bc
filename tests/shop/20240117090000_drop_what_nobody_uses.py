from __future__ import annotations

from django.db.models import Q

from kit_django import Migration, Schema


class DropWhatNobodyUses(Migration):
    def up(self, schema: Schema) -> None:
        with schema.alter_table("users") as table:
            table.drop("settings").was.json(null=True)
            table.drop("address_id").was.foreign_id("addresses", null=True, on_delete="set null")
        with schema.alter_table("products") as table:
            table.drop_check("products_price_limit").was.check(Q(price__lt=100000) | Q(stock=0))
            table.drop_unique(["seller_id", "slug"])
        with schema.alter_table("returns") as table:
            table.drop_foreign_key("returned_line").was.foreign_key(
                ["line_order_id", "line_position"], references="order_lines"
            )
        with schema.alter_table("order_lines") as table:
            table.drop_primary_key().was.primary_key(["order_id", "position"])
