from __future__ import annotations

from kit_django import Migration, Schema


class NumberOrdersWidely(Migration):
    def up(self, schema: Schema) -> None:
        with schema.alter_table("countries") as table:
            table.change("code").char(3).was.char(2)
        with schema.alter_table("products") as table:
            table.change("stock").set(null=True).was.set(null=False)
            table.change("price").set(default=1).was.set(default=0)
