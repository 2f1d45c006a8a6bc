"""``settings.KIT`` read into one frozen value."""

from __future__ import annotations

import difflib
import keyword
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from django.conf import settings as django_settings
from django.db import connections

from kit_django.exceptions import ConfigurationError

OutOfOrder = Literal["allow", "warn", "error"]

_CLASS_NAME = re.compile(r"[^\W\d_]\w*")
# Django keeps double underscores for lookups, and takes no field that ends in one.
_FIELD_NAME = re.compile(r"[^\W\d_][^\W_]*(_[^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Settings:
    """Every key of ``settings.KIT`` under its own name in lower case. Times are in seconds."""

    migrations_dir: Path | None = None
    models: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    history_table: str = "kit_migrations"
    out_of_order: OutOfOrder = "warn"
    lock_timeout: float = 60
    prohibit_destructive: bool = False
    statement_lock_timeout: float | None = 5
    statement_timeout: float | None = None
    direct_databases: Mapping[str, str] = field(default_factory=dict)
    table_prefixes: tuple[str, ...] = ()
    class_names: Mapping[str, str] = field(default_factory=dict)
    field_names: Mapping[str, str] = field(default_factory=dict)
    soft_deletes: bool = False
    ascii_names: bool = False


def get_settings() -> Settings:
    """The settings in force now; read anew each time, so that ``override_settings`` works.

    Raises ConfigurationError naming the key that is wrong.
    """
    given = getattr(django_settings, "KIT", {})
    if not isinstance(given, Mapping):
        raise ConfigurationError(f"settings.KIT must be a dict, not {type(given).__name__}.")
    _refuse_unknown_keys(given)
    return Settings(
        migrations_dir=_migrations_dir(given),
        models=_models(given.get("MODELS", {})),
        history_table=_history_table(given.get("HISTORY_TABLE", "kit_migrations")),
        out_of_order=_out_of_order(given.get("OUT_OF_ORDER", "warn")),
        lock_timeout=_lock_timeout(given.get("LOCK_TIMEOUT", 60)),
        statement_lock_timeout=_bound("STATEMENT_LOCK_TIMEOUT", given, 5),
        statement_timeout=_bound("STATEMENT_TIMEOUT", given, None),
        prohibit_destructive=_flag(given, "PROHIBIT_DESTRUCTIVE"),
        direct_databases=_direct_databases(given.get("DIRECT_DATABASES", {})),
        table_prefixes=_table_prefixes(given.get("TABLE_PREFIXES", ())),
        class_names=_class_names(given.get("CLASS_NAMES", {})),
        field_names=_field_names(given.get("FIELD_NAMES", {})),
        soft_deletes=_flag(given, "SOFT_DELETES"),
        ascii_names=_flag(given, "ASCII_NAMES"),
    )


def get_ascii_names() -> bool:
    """``ASCII_NAMES`` alone, which each name asks for."""
    given = getattr(django_settings, "KIT", {})
    return isinstance(given, Mapping) and given.get("ASCII_NAMES", False) is True


def _refuse_unknown_keys(given: Mapping[str, Any]) -> None:
    known = [name.upper() for name in Settings.__dataclass_fields__]
    for key in given:
        if key in known:
            continue
        close = difflib.get_close_matches(str(key), known, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else f" Known keys: {', '.join(known)}."
        raise ConfigurationError(f"settings.KIT has an unknown key {key!r}.{hint}")


def _migrations_dir(given: Mapping[str, Any]) -> Path | None:
    if "MIGRATIONS_DIR" in given:
        value = given["MIGRATIONS_DIR"]
        if not isinstance(value, str | Path) or not str(value):
            raise ConfigurationError('settings.KIT["MIGRATIONS_DIR"] must be a path.')
        return Path(value)
    base = getattr(django_settings, "BASE_DIR", None)
    return Path(base) / "migrations" if base else None


def _models(value: Any) -> dict[str, tuple[str, ...]]:
    example = '{"blog": ["*"]}'
    if not isinstance(value, Mapping):
        raise ConfigurationError(f'settings.KIT["MODELS"] must be a dict such as {example}.')
    for label, patterns in value.items():
        if isinstance(patterns, str) or not all(isinstance(each, str) for each in patterns):
            raise ConfigurationError(
                f'settings.KIT["MODELS"][{label!r}] must be a list of table patterns, as in {example}.'
            )
    return {label: tuple(patterns) for label, patterns in value.items()}


def _history_table(value: Any) -> str:
    if not isinstance(value, str) or not value.isidentifier() or len(value) > 63:
        raise ConfigurationError(
            'settings.KIT["HISTORY_TABLE"] must be a plain table name of at most 63 letters, digits and underscores.'
        )
    return value


def _out_of_order(value: Any) -> OutOfOrder:
    if value not in get_args(OutOfOrder):
        raise ConfigurationError(
            f'settings.KIT["OUT_OF_ORDER"] must be "allow", "warn" or "error", not {value!r}.'
        )
    return value  # type: ignore[no-any-return]


def _lock_timeout(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise ConfigurationError(
            'settings.KIT["LOCK_TIMEOUT"] must be a number of seconds, 0 or more.'
        )
    return float(value)


def _bound(key: str, given: Mapping[str, Any], default: float | None) -> float | None:
    value = given.get(key, default)
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
    if value is not None and not is_number:
        raise ConfigurationError(
            f'settings.KIT["{key}"] must be a number of seconds, or None for no bound.'
        )
    return None if value is None else float(value)


def _flag(given: Mapping[str, Any], key: str) -> bool:
    value = given.get(key, False)
    if not isinstance(value, bool):
        raise ConfigurationError(f'settings.KIT["{key}"] must be True or False.')
    return value


def _direct_databases(value: Any) -> Mapping[str, str]:
    example = 'settings.KIT["DIRECT_DATABASES"] must be a dict of aliases, as {"default": "direct"}'
    if not isinstance(value, Mapping):
        raise ConfigurationError(f"{example}.")
    for alias in (*value, *value.values()):
        if alias not in list(connections):
            raise ConfigurationError(f"{example}; settings.DATABASES has no {alias!r}.")
    return dict(value)


def _table_prefixes(value: Any) -> tuple[str, ...]:
    is_list = isinstance(value, list | tuple)
    if not is_list or not all(isinstance(each, str) and each for each in value):
        raise ConfigurationError(
            'settings.KIT["TABLE_PREFIXES"] must be a list of what table names begin with, as in ["wp_"].'
        )
    return tuple(value)


def _class_names(value: Any) -> Mapping[str, str]:
    return _names("CLASS_NAMES", value, _CLASS_NAME, '{"wp_posts": "Article"}')


def _field_names(value: Any) -> Mapping[str, str]:
    return _names("FIELD_NAMES", value, _FIELD_NAME, '{"wp_posts.post_title": "title"}')


def _names(key: str, value: Any, form: re.Pattern[str], example: str) -> Mapping[str, str]:
    if not isinstance(value, Mapping) or not all(isinstance(each, str) for each in value):
        raise ConfigurationError(f'settings.KIT["{key}"] must be a dict such as {example}.')
    for written, name in value.items():
        if not isinstance(name, str) or not form.fullmatch(name) or keyword.iskeyword(name):
            raise ConfigurationError(
                f'settings.KIT["{key}"][{written!r}] must be a name in Python, as in {example}, not {name!r}.'
            )
    return dict(value)
