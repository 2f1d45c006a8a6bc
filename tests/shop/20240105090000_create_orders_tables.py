from __future__ import annotations

from kit_django import Migration, Schema


class CreateOrdersTables(Migration):
    def up(self, schema: Schema) -> None:
        with schema.create_table("orders") as table:
            table.id()
            table.foreign_id("user_id", references="users", on_delete="restrict")
            table.foreign_id("before_id", references="orders", null=True)
            table.datetime("placed_at", use_current=True)
            table.timestamp("paid_at", null=True)
            table.time("deliver_after", null=True)
            table.duration("took", null=True)
            table.morphs("paid_with", null=True)
            table.timestamps()
            table.soft_deletes()
        with schema.create_table("order_lines") as table:
            table.foreign_id("order_id", references="orders", on_delete="cascade")
            table.small_integer("position")
            table.foreign_uuid("product_id", references="products")
            table.uuid("parcel", null=True)
            table.big_integer("quantity", default=1)
            table.primary_key(["order_id", "position"])
        with schema.create_table("returns") as table:
            table.id()
            table.foreign_id("line_order_id", null=True)
            table.small_integer("line_position", null=True)
            table.foreign_key(
                ["line_order_id", "line_position"], references="order_lines", name="returned_line"
            )
