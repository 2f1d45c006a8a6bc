"""The singular and the plural of an English word, as a name of a table has it.

The rules are those of Rails (inflection). What they get wrong of the words that name tables stands
here: a rule that serves ``knives`` makes ``leafe`` of ``leaves``, and one that serves ``users``
makes ``bonu`` of ``bonus``.
"""

from __future__ import annotations

import re
from functools import cache
from types import ModuleType

_PLAIN = re.compile(r"[a-z]+")
_UNCOUNTABLE = frozenset(
    [
        "analytics",
        "clothes",
        "data",
        "dns",
        "equipment",
        "goods",
        "gps",
        "https",
        "information",
        "media",
        "metadata",
        "news",
        "series",
        "sheep",
        "sms",
        "species",
        "staff",
        "statistics",
        "tennis",
    ]
)
# Words in -s that stand for one thing. Each takes -es, and so does what ends in it (dbaliases).
_ENDING_IN_S = [
    "alias",
    "apparatus",
    "atlas",
    "bias",
    "bonus",
    "bus",
    "campus",
    "canvas",
    "census",
    "chorus",
    "circus",
    "consensus",
    "corpus",
    "dns",
    "focus",
    "gas",
    "genius",
    "lens",
    "minus",
    "nexus",
    "octopus",
    "plus",
    "prospectus",
    "status",
    "surplus",
    "syllabus",
    "virus",
]
_IN_ES = re.compile(rf"\w*({'|'.join(_ENDING_IN_S)})es")
_SINGULAR = re.compile(rf"\w*(ss|us|is|{'|'.join(_ENDING_IN_S)})|has")
_PLURALS = {
    "abuse": "abuses",
    "agenda": "agendas",
    "alumnus": "alumni",
    "appendix": "appendices",
    "aquarium": "aquariums",
    "base": "bases",
    "buzz": "buzzes",
    "cache": "caches",
    "calorie": "calories",
    "cookie": "cookies",
    "criterion": "criteria",
    "die": "dies",
    "echo": "echoes",
    "foot": "feet",
    "genie": "genies",
    "german": "germans",
    "goose": "geese",
    "headache": "headaches",
    "hero": "heroes",
    "index": "indexes",
    "leaf": "leaves",
    "lie": "lies",
    "loaf": "loaves",
    "menu": "menus",
    "niche": "niches",
    "nucleus": "nuclei",
    "phenomenon": "phenomena",
    "pie": "pies",
    "quota": "quotas",
    "rookie": "rookies",
    "roman": "romans",
    "schema": "schemas",
    "selfie": "selfies",
    "slice": "slices",
    "stadium": "stadiums",
    "stimulus": "stimuli",
    "thief": "thieves",
    "tie": "ties",
    "tooth": "teeth",
    "veto": "vetoes",
    "waltz": "waltzes",
}
_SINGULARS = {
    **{plural: singular for singular, plural in _PLURALS.items()},
    "aquaria": "aquarium",
    "cacti": "cactus",
    "corpora": "corpus",
    "curricula": "curriculum",
    "fungi": "fungus",
    "indices": "index",
    "radii": "radius",
    "schemata": "schema",
    "syllabi": "syllabus",
}


@cache
def singular(text: str) -> str:
    """The words, with underscores between them, with the last of them in the singular."""
    head, separator, last = text.rpartition("_")
    return head + separator + _singular(last)


@cache
def plural(text: str) -> str:
    """The words, with underscores between them, with the last of them in the plural."""
    head, separator, last = text.rpartition("_")
    return head + separator + _plural(last)


def _singular(word: str) -> str:
    if word in _UNCOUNTABLE or word in _PLURALS or not _PLAIN.fullmatch(word):
        return word
    if word in _SINGULARS:
        return _SINGULARS[word]
    if _IN_ES.fullmatch(word):
        return word.removesuffix("es")
    return word if _SINGULAR.fullmatch(word) else str(_inflection().singularize(word))


def _plural(word: str) -> str:
    if word in _UNCOUNTABLE or not _PLAIN.fullmatch(word) or _singular(word) != word:
        return word
    if word in _PLURALS:
        return _PLURALS[word]
    if word.endswith(tuple(_ENDING_IN_S)):
        return f"{word}es"
    return str(_inflection().pluralize(word))


def _inflection() -> ModuleType:
    import inflection  # which compiles its rules

    return inflection
