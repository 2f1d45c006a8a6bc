from kit_django import Migration, Schema


class AddEmailToUsers(Migration):
    def up(self, schema: Schema) -> None:
        with schema.alter_table("users") as table:
            table.email("email", unique=True, null=True)

    def down(self, schema: Schema) -> None:
        with schema.alter_table("users") as table:
            table.drop("email")
