"""A sync reads each file once and parses each class once; before it writes a file, it looks again."""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import libcst as cst
import pytest
from django.core.management import call_command

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper
    from pytest_django import Settings

HEAD = "from django.db import models\n\n\n"
POSTS = f"""{HEAD}class Post(models.Model):
    slug = models.CharField(max_length=20, primary_key=True)
    title = models.CharField(max_length=40)
    nick = models.CharField(max_length=20)

    class Meta:
        db_table = "posts"
"""
UNCHANGED = """class Unchanged:
    def told(self):
        return f"{self}"
"""
TAGS = f"""{HEAD}class Tag(models.Model):
    word = models.CharField(max_length=20, primary_key=True)

    class Meta:
        db_table = "tags"
"""
FILES = {
    "counted/__init__.py": "",
    "counted/models/__init__.py": "from .post import Post as Post\nfrom .tag import Tag as Tag\n",
    "counted/models/post.py": f"{UNCHANGED}{POSTS}",
    "counted/models/tag.py": TAGS,
    "counted/views.py": "def shown(post):\n    return post.nick\n",
}
TABLES = (
    "CREATE TABLE posts (slug varchar(20) NOT NULL PRIMARY KEY, title varchar(80) NOT NULL)",
    "CREATE TABLE tags (word varchar(20) NOT NULL PRIMARY KEY)",
    "CREATE TABLE titles (slug varchar(20) NOT NULL PRIMARY KEY, url varchar(20) NOT NULL)",
)

opened: Counter[str] = Counter()
parsed: Counter[str] = Counter()
is_counting = False


def hear(event: str, arguments: tuple[Any, ...]) -> None:
    """Python tells of each file that it opens, and of each source that it compiles or parses."""
    if is_counting and event == "open" and isinstance(arguments[0], str | Path):
        opened[str(arguments[0])] += 1
    elif is_counting and event == "compile" and isinstance(arguments[0], str | bytes):
        source = arguments[0]
        parsed[source.decode() if isinstance(source, bytes) else source] += 1


@contextmanager
def counting() -> Iterator[None]:
    global is_counting
    opened.clear()
    parsed.clear()
    is_counting = True
    try:
        yield
    finally:
        is_counting = False


@pytest.fixture
def app(
    connection: BaseDatabaseWrapper,
    tmp_path: Path,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Path]:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with connection.cursor() as cursor:
        for statement in TABLES:
            cursor.execute(statement)
    settings.BASE_DIR = tmp_path
    settings.KIT = {"MODELS": {"counted": ["*"]}}
    settings.INSTALLED_APPS = ["kit_django", "counted"]
    yield tmp_path / "counted"
    for name in [each for each in sys.modules if each.partition(".")[0] == "counted"]:
        del sys.modules[name]


def test_each_file_is_read_once_and_each_class_parsed_once(
    app: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken_apart: Counter[str] = Counter()
    parse = cst.parse_module

    def counted(source: str, *arguments: Any) -> cst.Module:
        taken_apart[source] += 1
        return parse(source, *arguments)

    monkeypatch.setattr(cst, "parse_module", counted)
    sys.addaudithook(hear)
    with counting():
        call_command("db_sync", skip_migrations=True, verbosity=0)

    assert "max_length=80" in (app / "models" / "post.py").read_text(encoding="utf-8")
    # A field of another class, Post.title, does not take the name from a new class.
    assert "class Title(" in (app / "models" / "title.py").read_text(encoding="utf-8")
    written = {"models/__init__.py", "models/post.py"}  # a person may have saved them meanwhile
    for name in (each.removeprefix("counted/") for each in FILES if "/" in each):
        times = 2 if name in written else 1
        assert (name, opened[str(app / name)]) == (name, times)
    classes = [text for text in parsed if text.lstrip().startswith("class ")]
    edited = [
        text for text in classes if "class Post" in text
    ]  # by itself, and what is left of it too
    assert [text for text in classes if parsed[text] > 1 and text not in edited] == []
    assert [parsed[text] for text in classes if UNCHANGED.strip() in text] == [1]
    assert max(parsed[text] for text in edited) <= 2
    assert len([text for text in taken_apart if "class Post" in text]) == 1
    assert [text for text in taken_apart if "class Tag" in text] == []
    assert taken_apart.most_common(1)[0][1] == 1
