from kit_django import Migration, Schema


class CreateTagsTable(Migration):
    """Tags and the table that links them to posts. ``down()`` is derived."""

    def up(self, schema: Schema) -> None:
        with schema.create_table("tags") as table:
            table.id()
            table.string("name", max_length=50, unique=True)

        with schema.create_table("post_tags") as table:
            table.foreign_id("post_id", references="posts", on_delete="cascade")
            table.foreign_id("tag_id", references="tags", on_delete="cascade")
            table.primary_key(["post_id", "tag_id"])
