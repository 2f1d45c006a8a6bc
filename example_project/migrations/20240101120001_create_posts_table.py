from kit_django import Migration, Schema


class CreatePostsTable(Migration):
    def up(self, schema: Schema) -> None:
        with schema.create_table("posts") as table:
            table.id()
            table.string("title", max_length=200)
            table.slug("slug", max_length=200, unique=True)
            table.text("content")
            table.boolean("published", default=False)
            table.foreign_id("user_id", references="users", on_delete="cascade")
            table.timestamps()
            table.index(["user_id", "created_at"])

    def down(self, schema: Schema) -> None:
        schema.drop_table("posts")
