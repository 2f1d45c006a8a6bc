"""Foreign keys over several columns: relations that can be followed, and that go with a column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.commands.test_db_sync import CLEAN, execute, models

if TYPE_CHECKING:
    from tests.projects import Project

ITEMS = """
CREATE TABLE items (
    order_id integer NOT NULL, product_id integer NOT NULL, note varchar(9),
    PRIMARY KEY (order_id, product_id)
)
"""
SHOPS = """
CREATE TABLE shops (
    id integer NOT NULL PRIMARY KEY, country varchar(2) NOT NULL, code varchar(9) NOT NULL,
    UNIQUE (country, code)
)
"""
RETURNED = """
CREATE TABLE returned (
    id integer NOT NULL PRIMARY KEY, item_order_id integer, item_product_id integer,
    old_order integer NOT NULL, old_product integer NOT NULL, country varchar(2){code},
    CONSTRAINT new_item FOREIGN KEY (item_order_id, item_product_id)
        REFERENCES items (order_id, product_id) ON DELETE CASCADE,
    CONSTRAINT old_item FOREIGN KEY (old_order, old_product)
        REFERENCES items (order_id, product_id){shop}
)
"""
WITH_SHOP = RETURNED.format(
    code=", code varchar(9)",
    shop=", CONSTRAINT its_shop FOREIGN KEY (country, code) REFERENCES shops (country, code)",
)
WITHOUT_SHOP = RETURNED.format(code="", shop="")
TABLES = (ITEMS, SHOPS, WITH_SHOP)
ROWS = (
    "INSERT INTO items VALUES (1, 2, 'new'), (3, 4, 'old')",
    "INSERT INTO shops VALUES (1, 'se', 'a')",
    "INSERT INTO returned VALUES (1, 1, 2, 3, 4, 'se', 'a'), (2, NULL, NULL, 3, 4, NULL, NULL)",
)
FOLLOW = """
from blog.models import Item, Returned
one, two = Returned.objects.select_related("item", "old", "shop").order_by("id")
print(one.item.note, one.old.note, one.shop.id, two.item)
print(Returned.objects.filter(item__note="new").count(), Returned.objects.filter(old=one.old).count())
print(Item.objects.get(order_id=1).returned_set.get().id, Item.objects.filter(old_returneds=2).count())
"""


def test_they_can_be_followed_both_ways(project: Project) -> None:
    execute(project.connection, *TABLES, *ROWS)
    done = project.run("db_sync", "--skip-migrations", check=0)
    assert "not expressible" not in done.stdout
    assert project.run("check", "--database", "default", check=0).lines == [CLEAN]
    followed = project.run("shell", "-v", "0", "-c", FOLLOW, check=0).lines
    assert followed == ["new old 1 None", "1 2", "1 1"]
    dumped = project.run("dumpdata", "blog.returned", check=0).stdout
    assert '"item_order_id": 1' in dumped
    assert '"item":' not in dumped
    project.run("db_sync", "--skip-migrations", "--check", check=0)


def test_one_goes_with_its_column(project: Project) -> None:
    execute(project.connection, *TABLES)
    project.run("db_sync", "--skip-migrations", check=0)
    execute(project.connection, "DROP TABLE returned", WITHOUT_SHOP)
    project.run("db_sync", "--skip-migrations", check=0)
    assert "shop = models.ForeignObject(" not in models(project)
    assert "item = models.ForeignObject(" in models(project)
    assert project.run("check", "--database", "default", check=0).lines == [CLEAN]
    project.run("db_sync", "--skip-migrations", "--check", check=0)


def test_none_is_called_id(project: Project) -> None:
    execute(
        project.connection,
        "CREATE TABLE pairs (id_a integer NOT NULL, id_b integer NOT NULL, PRIMARY KEY (id_a, id_b))",
        """
        CREATE TABLE uses (
            number integer NOT NULL PRIMARY KEY, id_a integer NOT NULL, id_b integer NOT NULL,
            FOREIGN KEY (id_a, id_b) REFERENCES pairs (id_a, id_b)
        )
        """,
    )
    project.run("db_sync", "--skip-migrations", check=0)
    assert "    pair = models.ForeignObject(" in models(project)
    assert project.run("check", "--database", "default", check=0).lines == [CLEAN]
