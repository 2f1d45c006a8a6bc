"""``settings.KIT`` read into one frozen value."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from django.conf import settings as django_settings

from kit_django.exceptions import ConfigurationError

OutOfOrder = Literal["allow", "warn", "error"]


@dataclass(frozen=True, slots=True)
class Settings:
    """Every key of ``settings.KIT`` under its own name in lower case. Times are in seconds."""

    migrations_dir: Path | None = None
    models: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    history_table: str = "kit_migrations"
    out_of_order: OutOfOrder = "warn"
    lock_timeout: float = 60
    prohibit_destructive: bool = False


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
        prohibit_destructive=_prohibit_destructive(given.get("PROHIBIT_DESTRUCTIVE", False)),
    )


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


def _prohibit_destructive(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ConfigurationError('settings.KIT["PROHIBIT_DESTRUCTIVE"] must be True or False.')
    return value
