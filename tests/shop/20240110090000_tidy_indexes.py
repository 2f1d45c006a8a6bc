from __future__ import annotations

from kit_django import Migration, Schema


class TidyIndexes(Migration):
    def up(self, schema: Schema) -> None:
        schema.rename_index("products", "products_by_colour", "products_colours")
        dropped = schema.drop_index("orders", "orders_user_id_placed_at_index")
        dropped.was.index(["user_id", "-placed_at"])
        with schema.alter_table("products") as table:
            table.drop_index("products_by_price").was.index(["-price", "stock"])
            table.rename_index("products_colours", "by_colours")

    def down(self, schema: Schema) -> None:
        with schema.alter_table("products") as table:
            table.rename_index("by_colours", "products_colours")
            table.index(["-price", "stock"], name="products_by_price")
        schema.create_index("orders", ["user_id", "-placed_at"])
        schema.rename_index("products", "products_colours", "products_by_colour")
