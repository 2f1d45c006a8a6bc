"""Twenty migrations of a shop, as a team would write them; together they use every operation.

Each value is the body of ``up()``; where ``down()`` cannot be derived, a pair of both.
"""

from __future__ import annotations

ON_POSTGRESQL = 'if schema.vendor == "postgresql":'

TWENTY: dict[str, str | tuple[str, str]] = {
    "create_shops_table": """
        with schema.create_table("shops") as table:
            table.id()
            table.string("name", max_length=100, unique=True)
            table.slug("slug", unique="shops_slug_key")
            table.char("country", 2, default="NL")
            table.text("about", null=True)
            table.email("contact", null=True, index=True)
            table.url("site", null=True)
            table.boolean("is_open", default=True)
            table.timestamps()
    """,
    "create_products_table": """
        with schema.create_table("products") as table:
            table.big_id()
            table.foreign_id("shop_id", references="shops", on_delete="cascade")
            table.foreign_id(
                "parent_id", references="products", on_delete="set null", null=True, index=False
            )
            table.string("name", max_length=100)
            table.decimal("price", 10, 2, default=0)
            table.integer("quantity", default=0)
            table.small_integer("rank", null=True)
            table.unsigned_small_integer("shelf", null=True)
            table.big_integer("views", default=0)
            table.unsigned_integer("stock", default=0)
            table.positive_small_integer("weight", null=True)
            table.unsigned_big_integer("code", null=True)
            table.float("rating", null=True)
            table.generated("total", "price * quantity", models.DecimalField(max_digits=12, decimal_places=2))
            table.soft_deletes()
            table.unique(["shop_id", "name"])
            table.check(models.Q(price__gte=0), name="products_price_check")
            table.index(["shop_id", "-price"])
    """,
    "create_people_table": """
        with schema.create_table("people") as table:
            table.uuid_id()
            table.uuid("public_id", null=True)
            table.date("born", null=True)
            table.time("wakes", null=True)
            table.datetime("seen", null=True)
            table.timestamp("joined", use_current=True)
            table.duration("patience", null=True)
            table.json("settings", null=True)
            table.binary("photo", null=True)
            table.ip_address("address", null=True)
            table.enum("role", ["buyer", "seller", "it's"], default="buyer")
            table.remember_token()
            table.morphs("favourite", null=True)
    """,
    "create_orders_table": (
        """
        with schema.create_table("orders", if_not_exists=True) as table:
            table.integer("year")
            table.integer("number")
            table.foreign_uuid("person_id", references="people", on_delete="restrict")
            table.primary_key(["year", "number"])
        """,
        'schema.drop_table("orders", if_exists=True)',
    ),
    "create_lines_table": """
        with schema.create_table("lines") as table:
            table.id()
            table.integer("order_year")
            table.integer("order_number")
            table.foreign_id("product_id", references="products", on_update="cascade")
            table.foreign_key(
                ["order_year", "order_number"], references="orders", on_delete="cascade"
            )
    """,
    "create_tags_and_their_link": """
        with schema.create_table("tags") as table:
            table.id()
            table.column("label", models.CharField(max_length=40, unique=True))
        with schema.create_table("product_tag") as table:
            table.foreign_id("product_id", references="products", on_delete="cascade")
            table.foreign_id("tag_id", references="tags", on_delete="cascade")
            table.primary_key(["product_id", "tag_id"])
    """,
    "add_columns_to_products": """
        with schema.alter_table("products") as table:
            table.string("colour", max_length=20, null=True, index=True)
            table.string("material", default="wood")
            table.integer("pages", default=1, check="pages > 0")
    """,
    "change_columns_of_products": """
        with schema.alter_table("products") as table:
            table.change("name").string(max_length=200).was.string(max_length=100)
            table.change("rank").integer().was.small_integer()
            table.change("colour").set(default="red").was.set(default=None)
            table.change("material").set(null=True).was.set(null=False)
    """,
    "rename_columns_of_products": """
        with schema.alter_table("products") as table:
            table.rename("colour", "color")
            table.rename("weight", "grams")
    """,
    "drop_columns_of_products": """
        with schema.alter_table("products") as table:
            table.drop("pages").was.integer(default=1, check="pages > 0")
            table.drop("code").was.unsigned_big_integer(null=True)
            table.drop_soft_deletes()
    """,
    "rename_the_table_of_tags": """
        schema.rename_table("tags", "labels")
    """,
    "index_what_is_looked_for": """
        schema.create_index("products", ["rating", "views"], name="products_by_rating")
        schema.rename_index("products", "products_by_rating", "products_rating_views_index")
        if schema.vendor != "mysql":
            schema.create_index("products", ["rank"], where="rank > 3", name="products_high")
            schema.create_index("products", [Lower("name")], name="products_lower_name")
    """,
    "drop_an_index": """
        schema.drop_index("products", ["rating", "views"])
    """,
    "constrain_what_must_hold": """
        with schema.alter_table("products") as table:
            table.unique(["shop_id", "material"], name="one_material")
            table.check("rating >= 0 AND rating <= 5", name="rating_range")
        with schema.alter_table("lines") as table:
            table.integer("position", default=1)
            table.unique(["order_year", "order_number", "position"])
    """,
    "let_go_of_what_need_not_hold": (
        """
        with schema.alter_table("products") as table:
            table.drop_unique("one_material")
            table.drop_check("rating_range")
        with schema.alter_table("lines") as table:
            table.drop_foreign_key(["order_year", "order_number"])
        """,
        """
        with schema.alter_table("lines") as table:
            table.foreign_key(
                ["order_year", "order_number"], references="orders", on_delete="cascade"
            )
        with schema.alter_table("products") as table:
            table.unique(["shop_id", "material"], name="one_material")
            table.check("rating >= 0 AND rating <= 5", name="rating_range")
        """,
    ),
    "view_what_sells": """
        schema.create_view("cheap", "SELECT id, name FROM products WHERE price < 10")
        schema.create_view(
            "cheap",
            "SELECT id, name FROM products WHERE price < 5",
            replace=True,
            was="SELECT id, name FROM products WHERE price < 10",
        )
    """,
    "use_what_postgresql_has": f"""
        schema.create_enum("mood", ["sad", "happy"])
        {ON_POSTGRESQL}
            schema.create_schema("audit")
            schema.create_domain("percent", "integer", check="VALUE BETWEEN 0 AND 100")
            schema.create_type("place", [("street", "text"), ("zip", "text")])
            schema.create_sequence("invoices", start=1000)
            with schema.create_table("audit.events", comment="Who did what") as table:
                table.id()
                table.integer("share", comment="in percent", null=True)
                table.exclude([("share", "=")], name="no_two", method="btree")
            schema.create_view("shares", "SELECT share FROM audit.events", materialized=True)
            schema.refresh_view("shares")
    """,
    "fill_the_shops": (
        """
        Shop, Product = schema.model("shops"), schema.model("products")
        shop = Shop.objects.create(name="Corner", slug="corner")
        Product.objects.create(shop=shop, name="Tea", price="2.50", quantity=4)
        schema.run_sql("UPDATE shops SET about = '100% tea'", reverse="UPDATE shops SET about = NULL")
        assert schema.execute("SELECT count(*) FROM products")[0][0] == 1
        assert schema.has_table("shops") and schema.has_column("shops", "about")
        assert schema.has_index("products", "products_shop_id_price_index")
        """,
        """
        schema.execute("DELETE FROM products")
        schema.execute("DELETE FROM shops")
        """,
    ),
    "comment_and_key": (
        """
        if schema.vendor != "sqlite":
            schema.comment_table("shops", "Where things are sold", was="")
        with schema.alter_table("product_tag") as table:
            table.drop_primary_key()
        """,
        """
        with schema.alter_table("product_tag") as table:
            table.primary_key(["product_id", "tag_id"])
        if schema.vendor != "sqlite":
            schema.comment_table("shops", "", was="Where things are sold")
        """,
    ),
    "drop_the_lines": """
        with schema.drop_table("lines") as table:
            table.id()
            table.integer("order_year")
            table.integer("order_number")
            table.foreign_id("product_id", references="products", on_update="cascade")
            table.integer("position", default=1)
            table.unique(["order_year", "order_number", "position"])
    """,
}
