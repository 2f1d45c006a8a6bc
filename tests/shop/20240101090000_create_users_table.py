from __future__ import annotations

from kit_django import Migration, Schema


class CreateUsersTable(Migration):
    def up(self, schema: Schema) -> None:
        with schema.create_table("users") as table:
            table.id()
            table.email("email", max_length=190, unique=True)
            table.string("name", max_length=80, default="nobody's 100%")
            table.boolean("is_admin", default=False)
            table.enum("role", ["buyer", "seller's", "staff"], default="buyer")
            table.remember_token()
            table.timestamps()
            table.soft_deletes()

    def down(self, schema: Schema) -> None:
        schema.drop_table("users")
        schema.drop_enum("users_role")
