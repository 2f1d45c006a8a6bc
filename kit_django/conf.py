"""``settings.KIT`` read into one frozen value."""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_type_hints

from django.conf import settings as django_settings
from django.db import connections

from kit_django.exceptions import ConfigurationError
from kit_django.meant import did_you_mean

LONGEST_ENVIRONMENT = 63
OutOfOrder = Literal["allow", "warn", "error"]

_CLASS_NAME = re.compile(r"[^\W\d_]\w*")
# Django keeps double underscores for lookups, and takes no field that ends in one.
_FIELD_NAME = re.compile(r"[^\W\d_][^\W_]*(_[^\W_]+)*")


def _path(key: str, value: Any) -> Path:
    if not isinstance(value, str | Path) or not str(value):
        raise ConfigurationError(f'settings.KIT["{key}"] must be a path.')
    return Path(value)


def _models(key: str, value: Any) -> dict[str, tuple[str, ...]]:
    example = '{"blog": ["*"]}'
    if not isinstance(value, Mapping):
        raise ConfigurationError(f'settings.KIT["{key}"] must be a dict such as {example}.')
    for label, patterns in value.items():
        if isinstance(patterns, str) or not all(isinstance(each, str) for each in patterns):
            raise ConfigurationError(
                f'settings.KIT["{key}"][{label!r}] must be a list of table patterns, as in {example}.'
            )
    return {label: tuple(patterns) for label, patterns in value.items()}


def _table_name(key: str, value: Any) -> str:
    if not isinstance(value, str) or not value.isidentifier() or len(value) > 63:
        raise ConfigurationError(
            f'settings.KIT["{key}"] must be a plain table name of at most 63 letters, digits and underscores.'
        )
    return value


def environment_name(key: str, value: Any) -> str:
    if (
        not isinstance(value, str)
        or not value.replace("-", "_").isidentifier()
        or len(value) > LONGEST_ENVIRONMENT
    ):
        raise ConfigurationError(
            f'settings.KIT["{key}"] must be a word such as "staging", not {value!r}.'
        )
    return value


def _out_of_order(key: str, value: Any) -> OutOfOrder:
    if value not in get_args(OutOfOrder):
        raise ConfigurationError(
            f'settings.KIT["{key}"] must be "allow", "warn" or "error", not {value!r}.'
        )
    return value  # type: ignore[no-any-return]


def _is_seconds(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _seconds(key: str, value: Any) -> float:
    if not _is_seconds(value):
        raise ConfigurationError(f'settings.KIT["{key}"] must be a number of seconds, 0 or more.')
    return float(value)


def _bound(key: str, value: Any) -> float | None:
    if value is not None and not _is_seconds(value):
        raise ConfigurationError(
            f'settings.KIT["{key}"] must be a number of seconds, or None for no bound.'
        )
    return None if value is None else float(value)


def _flag(key: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ConfigurationError(f'settings.KIT["{key}"] must be True or False.')
    return value


def _aliases(key: str, value: Any) -> dict[str, str]:
    example = f'settings.KIT["{key}"] must be a dict of aliases, as {{"default": "direct"}}'
    if not isinstance(value, Mapping):
        raise ConfigurationError(f"{example}.")
    for alias in (*value, *value.values()):
        if alias not in list(connections):
            raise ConfigurationError(f"{example}; settings.DATABASES has no {alias!r}.")
    return dict(value)


def _dump_paths(key: str, value: Any) -> dict[str, Path]:
    example = f'settings.KIT["{key}"] must be a dict as {{"default": BASE_DIR / "schema.sql"}}'
    if not isinstance(value, Mapping):
        raise ConfigurationError(f"{example}.")
    for alias, path in value.items():
        if alias not in list(connections):
            raise ConfigurationError(f"{example}; settings.DATABASES has no {alias!r}.")
        if not isinstance(path, str | Path) or not str(path):
            raise ConfigurationError(f"{example}: what it has for {alias!r} is no path.")
    return {alias: Path(path) for alias, path in value.items()}


def _table_patterns(key: str, value: Any) -> tuple[str, ...]:
    is_list = isinstance(value, list | tuple)
    if not is_list or not all(isinstance(each, str) and each for each in value):
        raise ConfigurationError(
            f'settings.KIT["{key}"] must be a list of table patterns, as in ["countries", "currency_*"].'
        )
    return tuple(value)


def _prefixes(key: str, value: Any) -> tuple[str, ...]:
    is_list = isinstance(value, list | tuple)
    if not is_list or not all(isinstance(each, str) and each for each in value):
        raise ConfigurationError(
            f'settings.KIT["{key}"] must be a list of what table names begin with, as in ["wp_"].'
        )
    return tuple(value)


def _functions(key: str, value: Any) -> tuple[str, ...]:
    is_list = isinstance(value, list | tuple)
    if not is_list or not all(isinstance(each, str) and "." in each for each in value):
        raise ConfigurationError(
            f'settings.KIT["{key}"] must be a list of dotted paths of functions, as in ["blog.seeders.posts"].'
        )
    return tuple(value)


def _class_names(key: str, value: Any) -> dict[str, str]:
    return _names(key, value, _CLASS_NAME, '{"wp_posts": "Article"}')


def _field_names(key: str, value: Any) -> dict[str, str]:
    return _names(key, value, _FIELD_NAME, '{"wp_posts.post_title": "title"}')


def _names(key: str, value: Any, form: re.Pattern[str], example: str) -> dict[str, str]:
    if not isinstance(value, Mapping) or not all(isinstance(each, str) for each in value):
        raise ConfigurationError(f'settings.KIT["{key}"] must be a dict such as {example}.')
    for written, name in value.items():
        if not isinstance(name, str) or not form.fullmatch(name) or keyword.iskeyword(name):
            raise ConfigurationError(
                f'settings.KIT["{key}"][{written!r}] must be a name in Python, as in {example}, not {name!r}.'
            )
    return dict(value)


@dataclass(frozen=True, slots=True)
class Settings:
    """Every key of ``settings.KIT`` under its own name in lower case, annotated with what reads it.

    Times are in seconds.
    """

    migrations_dir: Annotated[Path | None, _path] = None
    models: Annotated[Mapping[str, tuple[str, ...]], _models] = field(default_factory=dict)
    history_table: Annotated[str, _table_name] = "kit_migrations"
    out_of_order: Annotated[OutOfOrder, _out_of_order] = "warn"
    lock_timeout: Annotated[float, _seconds] = 60
    prohibit_destructive: Annotated[bool, _flag] = False
    environment: Annotated[str, environment_name] = "production"
    statement_lock_timeout: Annotated[float | None, _bound] = 5
    statement_timeout: Annotated[float | None, _bound] = None
    direct_databases: Annotated[Mapping[str, str], _aliases] = field(default_factory=dict)
    seeders: Annotated[tuple[str, ...], _functions] = ()
    schema_dump: Annotated[Mapping[str, Path], _dump_paths] = field(default_factory=dict)
    dump_rows: Annotated[tuple[str, ...], _table_patterns] = ()
    table_prefixes: Annotated[tuple[str, ...], _prefixes] = ()
    class_names: Annotated[Mapping[str, str], _class_names] = field(default_factory=dict)
    field_names: Annotated[Mapping[str, str], _field_names] = field(default_factory=dict)
    soft_deletes: Annotated[bool, _flag] = False
    ascii_names: Annotated[bool, _flag] = False
    templates: Annotated[Path | None, _path] = None


_READERS: dict[str, Callable[[str, Any], Any]] = {
    name.upper(): annotated.__metadata__[0]
    for name, annotated in get_type_hints(Settings, include_extras=True).items()
}


def get_settings() -> Settings:
    """The settings in force now; read anew each time, so that ``override_settings`` works.

    ``MIGRATIONS_DIR`` is the folder ``migrations`` in ``BASE_DIR`` where it is not given, and
    ``ENVIRONMENT`` is "development" where DEBUG is on. Raises ConfigurationError naming the key that is
    wrong.
    """
    given = getattr(django_settings, "KIT", {})
    if not isinstance(given, Mapping):
        raise ConfigurationError(f"settings.KIT must be a dict, not {type(given).__name__}.")
    _refuse_unknown_keys(given)
    base = getattr(django_settings, "BASE_DIR", None)
    if base:
        given = {"MIGRATIONS_DIR": Path(base) / "migrations", **given}
    if django_settings.DEBUG:
        given = {"ENVIRONMENT": "development", **given}
    return Settings(**{key.lower(): _READERS[key](key, value) for key, value in given.items()})


def get_ascii_names() -> bool:
    """``ASCII_NAMES`` alone, which each name asks for."""
    given = getattr(django_settings, "KIT", {})
    return isinstance(given, Mapping) and given.get("ASCII_NAMES", False) is True


def _refuse_unknown_keys(given: Mapping[str, Any]) -> None:
    known = list(_READERS)
    for key in given:
        if key in known:
            continue
        hint = did_you_mean(str(key), known) or f" Known keys: {', '.join(known)}."
        raise ConfigurationError(f"settings.KIT has an unknown key {key!r}.{hint}")
