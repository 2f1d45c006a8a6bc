"""What is one database's own in how its SQL is read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reading:
    """The defaults are what most databases have."""

    folds_all_letters: bool = False
    """Whether names are equal in any case of all letters, and not of those of ASCII alone."""
    double_quoted_strings: bool = False
    """Whether ``"..."`` is a string and not a name."""
    digit_names: bool = False
    """Whether a name may begin with a digit."""
    hash_comments: bool = False
    """Whether ``#`` begins a comment."""
    spaced_dashes: bool = False
    """Whether ``--`` begins a comment only with a blank behind it."""
    code_comments: bool = False
    """Whether ``/*! ... */`` is no comment but SQL."""
    nested_comments: bool = False
    """Whether a comment between ``/*`` and ``*/`` may hold another."""
    open_comments: bool = False
    """Whether ``/*`` without its end comments out all the rest."""
    string_prefixes: str = "xbn"
    """The letters that a string may have in front, in either case."""
    charset_strings: bool = False
    """Whether a string may say its character set: ``_utf8mb4'...'``."""
    unicode_escapes: bool = False
    """Whether there are ``U&'...'`` and ``U&"..."``."""
    own_operators: bool = False
    """Whether any run of operator characters is an operator, made by its users or not."""
    symbols: tuple[str, ...] = ("||", "<=", ">=", "<>")
    """Its operators of more than one character, but for own ones."""
    parameters: str = ""
    """The characters that begin a parameter of a statement."""
    operators: tuple[str, ...] = (
        *("OR", "AND", "NOT", "= <> < <= > >= IS IN LIKE BETWEEN"),
        *("+ - ||", "* /", "COLLATE", "-x"),
    )
    """The levels of operators, the loosest first; ``-x`` is where a sign stands, ``own`` all that
    are not listed. Words in one level are as tight as each other."""
    is_compares: bool = False
    """Whether ``a IS b`` compares any two values."""
    intervals: bool = False
    """Whether ``INTERVAL n DAY`` is a value, and some functions take a unit like DAY first."""
    quoted_functions: bool = True
    """Whether a name in quotes may be that of a function."""
    casts: bool = False
    """Whether ``x::type`` is a cast, ``type 'text'`` too, and ``x[1]`` an element of an array."""
