from __future__ import annotations

from kit_django import Migration, Schema


class IndexOrdersCalmly(Migration):
    atomic = False

    def up(self, schema: Schema) -> None:
        concurrently = schema.vendor == "postgresql"
        schema.create_index("orders", "paid_at", name="by_payment", concurrently=concurrently)

    def down(self, schema: Schema) -> None:
        concurrently = schema.vendor == "postgresql"
        has_column = schema.has_table("orders") and schema.has_column("orders", "paid_at")
        if has_column and schema.has_index("orders", "by_payment"):
            schema.drop_index("orders", "by_payment", concurrently=concurrently)
