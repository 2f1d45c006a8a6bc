"""What may stand where the cursor is: the shells ask, ``kit complete`` answers."""

from __future__ import annotations

from argparse import Action
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

from django.apps import apps
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand, CommandParser
from django.db import DEFAULT_DB_ALIAS, Error, connections

from kit_django.exceptions import KitError, UsageError
from kit_django.runner.files import discover
from kit_django.schema.facts import display_name
from kit_django.schema.introspection import table_keys

BASH = """\
_kit_complete() {
    local line="${COMP_LINE:0:COMP_POINT}" found current shown
    local -a words
    read -ra words <<< "$line"
    [[ "$line" == *[[:space:]] ]] && words+=("")
    local -a program=("${words[0]}")
    if [[ "${words[0]##*/}" == python* ]]; then
        [[ "${words[1]:-}" == *manage.py && ${#words[@]} -gt 2 ]] || return
        program+=("${words[1]}")
    fi
    local -a rest=("${words[@]:${#program[@]}}")
    [[ "${program[*]}" == *manage.py ]] && program+=(kit)
    current="${rest[${#rest[@]}-1]}"
    # The shell takes what stands before a colon or an equals sign for another word.
    shown="${current%"${current##*[:=]}"}"
    COMPREPLY=()
    while IFS= read -r found; do
        [[ -n "$found" ]] && COMPREPLY+=("${found#"$shown"}")
    done < <("${program[@]}" complete "${words[0]##*/}" "${rest[@]}" 2>/dev/null)
}
complete -o bashdefault -o default -F _kit_complete kit manage.py ./manage.py python python3
"""
ZSH = """\
#compdef kit manage.py
_kit_complete() {
    local -a program found
    program=("${words[1]}")
    [[ "${words[1]}" == *manage.py ]] && program+=(kit)
    found=("${(@f)$("${program[@]}" complete "${words[1]:t}" "${(@)words[2,CURRENT]}" 2>/dev/null)}")
    found=("${(@)found:#}")
    if (( ${#found} )); then compadd -Q -- "${found[@]}"; else _files; fi
}
compdef _kit_complete kit manage.py
"""
FISH = """\
function __kit_complete
    set -l words (commandline -opc)
    set -l program $words[1]
    string match -q '*manage.py' -- $program; and set -a program kit
    $program complete (path basename $words[1]) $words[2..] (commandline -ct) 2>/dev/null
end
complete -c kit -a '(__kit_complete)'
complete -c manage.py -a '(__kit_complete)'
"""
SCRIPTS = {"bash": BASH, "zsh": ZSH, "fish": FISH}


def script(arguments: Sequence[str]) -> str:
    """What the shell of that name has to be told. Raises UsageError."""
    if len(arguments) != 1 or arguments[0] not in SCRIPTS:
        raise UsageError(f"Say which shell it is for: kit completion {' | '.join(SCRIPTS)}.")
    return SCRIPTS[arguments[0]]


def candidates(words: Sequence[str], names: Iterable[str]) -> list[str]:
    """What may stand in place of the last word, behind the others; ``names`` are those of commands."""
    *before, current = words or [""]
    found: Iterable[str] = names
    if before:
        parser = _parser(before[0].replace(":", "_"))
        found = _within(parser, before[0].replace(":", "_"), before[1:], current) if parser else ()
    return sorted({each for each in found if each.startswith(current)})


def _parser(name: str) -> CommandParser | None:
    owner = get_commands().get(name)
    if owner is None:
        return None
    command = owner if isinstance(owner, BaseCommand) else load_command_class(owner, name)
    return command.create_parser("kit", name)


def _within(parser: CommandParser, name: str, before: list[str], current: str) -> Iterable[str]:
    options = parser._option_string_actions
    asked, equals, _ = current.partition("=")
    if equals and asked in options:
        return (f"{asked}={each}" for each in _values(name, options[asked]))
    last = options.get(before[-1]) if before else None
    if last is not None and last.nargs != 0:
        return _values(name, last)
    if current.startswith("-"):
        return options
    positionals = [each for each in parser._actions if not each.option_strings]
    return (each for action in positionals for each in _values(name, action))


def _values(name: str, action: Action) -> Iterable[str]:
    """What the argument may be, where that can be known; the shell offers files else."""
    if action.choices is not None:
        return map(str, action.choices)
    known = KINDS.get(f"{name}.{action.dest}") or KINDS.get(action.dest)
    with suppress(Error, KitError, OSError):
        return known() if known else ()
    return ()


def _apps() -> Iterable[str]:
    return list(apps.app_configs)


def _migrations() -> Iterable[str]:
    return [file.name for file in discover()]


def _tables() -> Iterable[str]:
    return [display_name(key) for key in table_keys(connections[DEFAULT_DB_ALIAS], views=True)]


def _aliases() -> Iterable[str]:
    return list(connections)


KINDS: dict[str, Callable[[], Iterable[str]]] = {
    "app": _apps,
    "app_label": _apps,
    "from_django": _apps,
    "to": _migrations,
    "migrate_resolve.name": _migrations,
    "migrate_baseline.name": _migrations,
    "db_table.name": _tables,
    "table": _tables,
    "around": _tables,
    "database": _aliases,
}
"""By the argument's name, behind that of its command where it means something else there."""
