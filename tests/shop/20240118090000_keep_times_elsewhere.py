from __future__ import annotations

from kit_django import Migration, Schema


class KeepTimesElsewhere(Migration):
    def up(self, schema: Schema) -> None:
        with schema.alter_table("orders") as table:
            table.drop_soft_deletes()
            table.drop_timestamps()
        with schema.create_table("changes") as table:
            table.id()
            table.foreign_id("order_id", references="orders", on_delete="cascade")
            table.timestamps()
