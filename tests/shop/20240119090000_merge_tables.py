from __future__ import annotations

from kit_django import Migration, Schema


class MergeTables(Migration):
    def up(self, schema: Schema) -> None:
        schema.rename_table("changes", "user_changes")
        with schema.drop_table("returns") as table:
            table.id()
            table.foreign_id("line_order_id", null=True)
            table.small_integer("line_position", null=True)
