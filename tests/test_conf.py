from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kit_django.conf import Settings, get_settings
from kit_django.exceptions import ConfigurationError

if TYPE_CHECKING:
    from pytest_django import Settings as DjangoSettings


def test_every_key_has_a_default(settings: DjangoSettings) -> None:
    assert get_settings() == Settings(
        migrations_dir=None,
        models={},
        history_table="kit_migrations",
        out_of_order="warn",
        lock_timeout=60,
        prohibit_destructive=False,
        environment="production",
        table_prefixes=(),
        class_names={},
        field_names={},
    )


def test_migrations_are_beside_the_project(settings: DjangoSettings) -> None:
    settings.BASE_DIR = "/srv/mysite"
    assert get_settings().migrations_dir == Path("/srv/mysite/migrations")


def test_every_key_is_read(settings: DjangoSettings) -> None:
    settings.BASE_DIR = Path("/srv/mysite")
    settings.KIT = {
        "MIGRATIONS_DIR": "/elsewhere",
        "MODELS": {"blog": ["posts", "post_*"]},
        "HISTORY_TABLE": "history",
        "OUT_OF_ORDER": "error",
        "LOCK_TIMEOUT": 5,
        "PROHIBIT_DESTRUCTIVE": True,
        "ENVIRONMENT": "staging",
        "TABLE_PREFIXES": ["wp_"],
        "CLASS_NAMES": {"wp_posts": "Article"},
        "FIELD_NAMES": {"wp_posts.post_title": "title"},
    }
    assert get_settings() == Settings(
        migrations_dir=Path("/elsewhere"),
        models={"blog": ("posts", "post_*")},
        history_table="history",
        out_of_order="error",
        lock_timeout=5,
        prohibit_destructive=True,
        environment="staging",
        table_prefixes=("wp_",),
        class_names={"wp_posts": "Article"},
        field_names={"wp_posts.post_title": "title"},
    )


@pytest.mark.parametrize(("debug", "environment"), [(True, "development"), (False, "production")])
def test_where_debug_is_on_it_is_development(
    settings: DjangoSettings, debug: bool, environment: str
) -> None:
    settings.DEBUG = debug
    assert get_settings().environment == environment


@pytest.mark.parametrize(
    ("kit", "message"),
    [
        (["MODELS"], "must be a dict, not list"),
        ({"MODEL": {}}, "unknown key 'MODEL'. Did you mean 'MODELS'?"),
        ({"colour": 1}, "unknown key 'colour'. Known keys: MIGRATIONS_DIR, MODELS"),
        ({"MIGRATIONS_DIR": ""}, 'KIT["MIGRATIONS_DIR"] must be a path'),
        ({"MIGRATIONS_DIR": 3}, 'KIT["MIGRATIONS_DIR"] must be a path'),
        ({"MODELS": ["blog"]}, 'KIT["MODELS"] must be a dict such as'),
        ({"MODELS": {"blog": "posts"}}, "KIT[\"MODELS\"]['blog'] must be a list"),
        ({"MODELS": {"blog": [1]}}, "KIT[\"MODELS\"]['blog'] must be a list"),
        ({"HISTORY_TABLE": "kit-migrations"}, "must be a plain table name"),
        ({"HISTORY_TABLE": "x" * 64}, "must be a plain table name"),
        ({"HISTORY_TABLE": None}, "must be a plain table name"),
        ({"OUT_OF_ORDER": "never"}, 'must be "allow", "warn" or "error", not \'never\''),
        ({"LOCK_TIMEOUT": -1}, "must be a number of seconds, 0 or more"),
        ({"LOCK_TIMEOUT": True}, "must be a number of seconds, 0 or more"),
        ({"LOCK_TIMEOUT": "60"}, "must be a number of seconds, 0 or more"),
        ({"PROHIBIT_DESTRUCTIVE": "yes"}, "must be True or False"),
        ({"ENVIRONMENT": ""}, 'KIT["ENVIRONMENT"] must be a word such as "staging"'),
        ({"ENVIRONMENT": "a b"}, "not 'a b'"),
        ({"ENVIRONMENT": None}, "not None"),
        ({"TABLE_PREFIXES": "wp_"}, 'KIT["TABLE_PREFIXES"] must be a list'),
        ({"TABLE_PREFIXES": [""]}, 'KIT["TABLE_PREFIXES"] must be a list'),
        ({"CLASS_NAMES": ["Post"]}, 'KIT["CLASS_NAMES"] must be a dict such as'),
        ({"CLASS_NAMES": {"posts": "class"}}, "KIT[\"CLASS_NAMES\"]['posts'] must be a name"),
        ({"CLASS_NAMES": {"posts": "x(): pass"}}, "must be a name in Python"),
        ({"CLASS_NAMES": {"posts": None}}, "must be a name in Python"),
        ({"FIELD_NAMES": {"posts.a": "a_"}}, "KIT[\"FIELD_NAMES\"]['posts.a'] must be a name"),
        ({"FIELD_NAMES": {"posts.a": "a__b"}}, "must be a name in Python"),
    ],
)
def test_what_is_wrong_is_named(settings: DjangoSettings, kit: Any, message: str) -> None:
    settings.KIT = kit
    with pytest.raises(ConfigurationError) as raised:
        get_settings()
    assert message in str(raised.value)
