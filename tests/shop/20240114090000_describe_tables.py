from __future__ import annotations

from kit_django import Migration, Schema


class DescribeTables(Migration):
    def up(self, schema: Schema) -> None:
        if schema.vendor == "sqlite":
            return
        schema.comment_table("users", "those who buy; and sell: 100%", was="")
        with schema.alter_table("users") as table:
            table.change("full_name").set(comment="as on it's bill").was.set(comment="")
