from __future__ import annotations

from django.db.models import Q

from kit_django import Migration, Schema


class AddProfileToUsers(Migration):
    def up(self, schema: Schema) -> None:
        with schema.alter_table("users") as table:
            table.string("nick", max_length=30, null=True, unique=True)
            table.string("language", max_length=5, default="en", check=Q(language__in=["en", "de"]))
            table.integer("points", default=0, index=True)
            table.foreign_id("address_id", references="addresses", null=True, on_delete="set null")
            table.json("settings", null=True)
