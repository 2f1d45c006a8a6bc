"""What an edit makes of a class: before and after, and no byte more than that."""

from __future__ import annotations

import ast
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from kit_django.codegen.following.edits import (
    AddEntry,
    AddField,
    ChangeEntry,
    ChangeField,
    ChangeTarget,
    InheritedMeta,
    RemoveEntry,
    RemoveField,
    ReplaceField,
    SetOption,
)
from kit_django.codegen.project.files import SourceFile
from kit_django.codegen.source import merging
from kit_django.codegen.source.imports import Import, add_imports, render_imports
from kit_django.codegen.source.merging.checking import assert_nothing_else_changed
from kit_django.codegen.source.rendering import Style
from kit_django.codegen.specs import ChoicesSpec, FieldSpec
from kit_django.exceptions import SyncError
from kit_django.schema.constructs import Call, Name

if TYPE_CHECKING:
    from kit_django.codegen.following.edits import Edit

HEAD = "from django.db import models\n\n\n"
NEAR = Path(__file__)  # black's settings are those of this project: lines of 100
STYLE = Style.of(NEAR)
SLUG = FieldSpec("slug", Call("django.db.models.CharField", max_length=50), ("slug",))
LINE = "slug = models.CharField(max_length=50)"
STATUS = Call("django.db.models.CharField", max_length=5, choices=Name("Status.choices"))


def file(text: str) -> SourceFile:
    return SourceFile(NEAR, text)


def merged(source: str, *edits: Edit, inherited: InheritedMeta | None = None) -> str:
    result = merging.merge(file(source), [merging.ClassEdits("Post", edits, inherited)])
    assert result.failed == ()
    return result.file.text


def failure(source: str, edit: Edit) -> str:
    """Why an edit cannot be made; the source stays as it is then."""
    result = merging.merge(file(source), [merging.ClassEdits("Post", (edit,))])
    assert result.file.text == source
    (found,) = result.failed
    assert found[:2] == ("Post", edit)
    return found[2]


def check(before: str, after: str, *edits: Edit, inherited: InheritedMeta | None = None) -> None:
    before, after = (HEAD + dedent(text).lstrip("\n") for text in (before, after))
    assert merged(before, *edits, inherited=inherited) == after


def check_noop(source: str, *edits: Edit) -> None:
    check(source, source, *edits)


def index(*fields: str, name: str = "by_title") -> Call:
    return Call("django.db.models.Index", fields=list(fields), name=name)


def test_no_edits_no_change() -> None:
    check_noop(
        """
        class Post( models.Model ) :   # odd, and mine
            title=models.CharField( 'Title',max_length = 40 )
        """
    )


# Keywords


def test_a_keyword_that_says_the_same_is_left_alone() -> None:
    check_noop(
        """
        class Post(models.Model):
            title = models.CharField(db_comment = 'a', max_length=0x28)
        """,
        ChangeField("title", (("db_comment", "a"),)),
    )


def test_a_keyword_is_changed_where_it_stands() -> None:
    check(
        """
        class Post(models.Model):
            title = models.CharField( 'Title', max_length = 40 , help_text='x')  # mine
        """,
        """
        class Post(models.Model):
            title = models.CharField( 'Title', max_length = 80 , help_text='x')  # mine
        """,
        ChangeField("title", (("max_length", 80),)),
    )


@pytest.mark.parametrize("text", ["", "  blanks  ", "a\nb", "'\"\\"])
def test_a_text_is_that_text(text: str) -> None:
    source = f"{HEAD}class Post(models.Model):\n    title = models.CharField()\n"
    new = merged(source, ChangeField("title", (("db_comment", text),)))
    (keyword,) = ast.parse(new).body[1].body[0].value.keywords  # type: ignore[attr-defined]
    assert ast.literal_eval(keyword.value) == text


def test_a_keyword_is_added_at_the_end() -> None:
    check(
        """
        class Post(models.Model):
            title = models.CharField('Title', max_length=40)  # mine
            body = models.TextField()
        """,
        """
        class Post(models.Model):
            title = models.CharField('Title', max_length=40, null=True)  # mine
            body = models.TextField(null=True)
        """,
        ChangeField("title", (("null", True),)),
        ChangeField("body", (("null", True),)),
    )


@pytest.mark.parametrize("comma", [",", ""])
def test_a_keyword_is_added_on_a_line_of_its_own(comma: str) -> None:
    check(
        f"""
        class Post(models.Model):
            title = models.CharField(  # first
                # why so short?
                max_length=40{comma}  # so short
                # the end
            )  # behind
        """,
        f"""
        class Post(models.Model):
            title = models.CharField(  # first
                # why so short?
                max_length=40,  # so short
                # the end
                null=True{comma}
            )  # behind
        """,
        ChangeField("title", (("null", True),)),
    )


def test_a_keyword_is_taken_away_with_what_stands_behind_it() -> None:
    check(
        """
        class Post(models.Model):
            title = models.CharField(null=True, max_length=40, blank=True)
            body = models.TextField(
                "Body",  # shown
                # not always there
                null=True,  # once
            )
            tail = models.TextField(null=True)
        """,
        """
        class Post(models.Model):
            title = models.CharField(max_length=40, blank=True)
            body = models.TextField(
                "Body",  # shown
                # not always there
            )
            tail = models.TextField()
        """,
        *(ChangeField(name, (("null", None),)) for name in ("title", "body", "tail")),
    )


def test_a_keyword_that_the_class_has_of_itself_is_said_to_be_another() -> None:
    check(
        """
        class Post(models.Model):
            title = OptionalField()
        """,
        """
        class Post(models.Model):
            title = OptionalField(null=False)
        """,
        ChangeField("title", (("null", None),)),
    )


def test_another_class_keeps_what_is_a_persons() -> None:
    check(
        """
        class Post(models.Model):
            title: str = models.CharField("Title", max_length=40, validators=[check])
        """,
        """
        class Post(models.Model):
            title: str = models.TextField("Title", validators=[check])
        """,
        ChangeField("title", (("max_length", None),), "django.db.models.TextField"),
    )


def test_a_first_argument_that_is_no_verbose_name() -> None:
    field = "kit_django.fields.DatabaseTypeField"
    before = "class Post(models.Model):\n    place = models.TextField('Place', null=True)\n"
    source = HEAD + before
    there = merged(source, ChangeField("place", (("database_type", "point"),), field))
    assert there == (
        "from django.db import models\nfrom kit_django.fields import DatabaseTypeField\n\n\n"
        "class Post(models.Model):\n"
        "    place = DatabaseTypeField(null=True, verbose_name='Place', database_type=\"point\")\n"
    )
    there = there.replace("null=True, verbose_name='Place', database_type=", "")
    back = merged(there, ChangeField("place", (), "django.db.models.TextField"))
    assert "    place = models.TextField()\n" in back


def test_a_line_that_grows_too_long_is_spread_without_black() -> None:
    check(
        """
        class Post(models.Model):
            title = models.CharField('Title', max_length=40, help_text='What it is all about.')
        """,
        """
        class Post(models.Model):
            title = models.CharField(
                'Title',
                max_length=40,
                help_text='What it is all about.',
                db_comment="what readers see first",
            )
        """,
        ChangeField("title", (("db_comment", "what readers see first"),)),
    )


def test_a_line_that_was_too_long_before_stays_one() -> None:
    text = "x" * 90
    check(
        f"""
        class Post(models.Model):
            title = models.CharField(max_length=40, help_text="{text}")
        """,
        f"""
        class Post(models.Model):
            title = models.CharField(max_length=40, help_text="{text}", null=True)
        """,
        ChangeField("title", (("null", True),)),
    )


def test_a_relation_points_elsewhere() -> None:
    check(
        """
        class Post(models.Model):
            by = models.ForeignKey('User', models.CASCADE, related_name='posts')
            of = models.ForeignKey(on_delete=models.CASCADE, to='User')
        """,
        """
        class Post(models.Model):
            by = models.ForeignKey("Author", models.CASCADE, related_name='posts')
            of = models.ForeignKey(on_delete=models.CASCADE, to="Author")
        """,
        ChangeTarget("by", "Author"),
        ChangeTarget("of", "Author"),
    )


def test_a_field_of_which_nothing_is_left() -> None:
    check(
        """
        class Post(models.Model):
            a = 1; title = models.CharField(max_length=40)  # mine
        """,
        """
        class Post(models.Model):
            a = 1; title = models.TextField()  # mine
        """,
        ReplaceField("title", Call("django.db.models.TextField")),
    )


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("title = TITLE", "title is not a field that is made in its own line"),
        ("title = models.CharField(**COMMON)", "null may be among the keywords"),
        ("other = models.CharField()", "title is not assigned in the class itself"),
    ],
)
def test_what_has_no_place_to_be_edited(line: str, reason: str) -> None:
    source = f"{HEAD}class Post(models.Model):\n    {line}\n"
    assert reason in failure(source, ChangeField("title", (("null", True),)))


# Fields that come and go


def test_a_new_field_behind_the_one_before_it() -> None:
    check(
        """
        class Post(models.Model):
            title = models.CharField(max_length=40)  # mine

            # the text
            body = models.TextField()

            def __str__(self):
                return self.title
        """,
        """
        class Post(models.Model):
            title = models.CharField(max_length=40)  # mine
            slug = models.CharField(max_length=50)

            # the text
            body = models.TextField()

            def __str__(self):
                return self.title
        """,
        AddField(SLUG, ("title",)),
    )


def test_a_new_field_behind_the_nearest_that_is_in_the_class() -> None:
    check(
        """
        class Post(Mixin):
            title = models.CharField(max_length=40)
            body = models.TextField()
        """,
        """
        class Post(Mixin):
            title = models.CharField(max_length=40)
            slug = models.CharField(max_length=50)
            body = models.TextField()
        """,
        AddField(SLUG, ("created_at", "title")),
    )


def test_a_new_field_before_all_others() -> None:
    check(
        """
        class Post(models.Model):
            \"\"\"A post.\"\"\"

            # the title
            title = models.CharField(max_length=40)
        """,
        """
        class Post(models.Model):
            \"\"\"A post.\"\"\"

            slug = models.CharField(max_length=50)
            # the title
            title = models.CharField(max_length=40)
        """,
        AddField(SLUG),
    )


@pytest.mark.parametrize("body", ["pass", '"""A post."""', "...  # nothing yet"])
def test_a_new_field_in_a_class_without_any(body: str) -> None:
    source = merged(f"{HEAD}class Post(Mixin):\n    {body}\n", AddField(SLUG, ("id",)))
    assert "    slug = models.CharField(max_length=50)\n" in source
    assert (body in source) == (body != "pass")


def test_a_new_field_with_its_choices() -> None:
    choices = ChoicesSpec("Status", "TextChoices", (("DRAFT", "draft", None),))
    check(
        """
        class Post(models.Model):
            \"\"\"A post.\"\"\"
            title = models.CharField(max_length=40)
        """,
        """
        class Post(models.Model):
            \"\"\"A post.\"\"\"
            class Status(models.TextChoices):
                DRAFT = "draft"

            title = models.CharField(max_length=40)
            status = models.CharField(max_length=5, choices=Status.choices)
        """,
        AddField(FieldSpec("status", STATUS, ("status",)), ("title",), choices),
    )


def test_a_field_that_is_gone_leaves_the_comments_above_it() -> None:
    check(
        """
        class Post(models.Model):
            title = models.CharField(max_length=40)

            # Said by the editor:
            slug = models.CharField(  # goes with it
                max_length=40,
            )
            body = models.TextField()
            last = models.TextField()
        """,
        """
        class Post(models.Model):
            title = models.CharField(max_length=40)

            # Said by the editor:
            body = models.TextField()
        """,
        RemoveField("slug"),
        RemoveField("last"),
    )


def test_the_only_field_goes() -> None:
    check(
        """
        class Post(models.Model):
            title = models.CharField(max_length=40)
        """,
        """
        class Post(models.Model):
            pass
        """,
        RemoveField("title"),
    )


# Meta


def test_meta_is_made_before_the_methods() -> None:
    check(
        """
        class Post(models.Model):
            title = models.CharField(max_length=40)
            objects = PostManager()

            def __str__(self):
                return self.title
        """,
        """
        class Post(models.Model):
            title = models.CharField(max_length=40)
            objects = PostManager()

            class Meta:
                indexes = [models.Index(fields=["title"], name="by_title")]

            def __str__(self):
                return self.title
        """,
        AddEntry("indexes", index("title")),
    )


def test_a_meta_that_is_inherited_stays_so() -> None:
    check(
        """
        class Post(Dated, base.Sorted):
            title = models.CharField(max_length=40)
        """,
        """
        class Post(Dated, base.Sorted):
            title = models.CharField(max_length=40)

            class Meta(base.Sorted.Meta):
                indexes = [
                    *base.Sorted.Meta.indexes,
                    models.Index(fields=["title"], name="by_title"),
                ]
        """,
        AddEntry("indexes", index("title")),
        inherited=InheritedMeta(1, frozenset({"indexes", "ordering"})),
    )


def test_entries_come_and_go_by_name() -> None:
    check(
        """
        class Post(models.Model):
            title = models.CharField(max_length=40)

            class Meta:
                ordering = ['title']
                indexes = [
                    # by date, for the archive
                    models.Index(fields=['day'], name='by_day'),
                    models.Index(fields=['old'], name='by_old'),  # old
                    models.Index(name='by_title', fields=('title',)),
                ]  # all of them
        """,
        """
        class Post(models.Model):
            title = models.CharField(max_length=40)

            class Meta:
                ordering = ['title']
                indexes = [
                    # by date, for the archive
                    models.Index(fields=['day'], name='by_day'),
                    models.Index(name='by_title', fields=["title", "-day"]),
                    models.Index(fields=["slug"], name="by_slug"),
                ]  # all of them
        """,
        RemoveEntry("indexes", "by_old"),
        ChangeEntry("indexes", "by_title", index("title", "-day")),
        AddEntry("indexes", index("slug", name="by_slug")),
    )


def test_an_entry_keeps_what_a_database_does_not_know() -> None:
    before = Call("django.db.models.Q", age__gte=18)
    check(
        """
        class Post(models.Model):
            class Meta:
                constraints = [models.CheckConstraint(
                    name="adult", condition=models.Q(age__gte=16), violation_error_message=_("No"))]
        """,
        """
        class Post(models.Model):
            class Meta:
                constraints = [models.CheckConstraint(
                    name="adult", condition=models.Q(age__gte=18), violation_error_message=_("No"))]
        """,
        ChangeEntry(
            "constraints",
            "adult",
            Call("django.db.models.CheckConstraint", condition=before, name="adult"),
        ),
    )


def test_the_last_entry_takes_its_list_along() -> None:
    check(
        """
        class Post(models.Model):
            class Meta:
                ordering = ["id"]
                indexes = (models.Index(fields=["title"], name="by_title"),)
        """,
        """
        class Post(models.Model):
            class Meta:
                ordering = ["id"]
        """,
        RemoveEntry("indexes", "by_title"),
    )


def test_a_list_that_is_made_elsewhere_is_left_to_a_person() -> None:
    source = f"{HEAD}class Post(models.Model):\n    class Meta:\n        indexes = INDEXES\n"
    reason = "indexes is not a list that is written out"
    assert failure(source, AddEntry("indexes", index("title"))) == reason
    assert failure(source, RemoveEntry("indexes", "by_title")) == reason


def test_options_are_set_and_taken_away() -> None:
    check(
        """
        class Post(models.Model):
            class Meta:
                db_table = "posts"  # mine
                db_table_comment = 'old'
                unique_together = [("a", "b")]
        """,
        """
        class Post(models.Model):
            class Meta:
                db_table = "posts"  # mine
                db_table_comment = "new"
        """,
        SetOption("db_table_comment", "new"),
        SetOption("unique_together", None),
    )


# The file around the class


EDIT = AddField(SLUG, ("title",))
MESSY = """\
# -*- coding: utf-8 -*-
'''My models.'''
import os, sys
from django.db import models


@receiver( x )
def f( a,b ) :  return a   # odd


class Other(models.Model) :
    title=models.TextField( )
@decorated
class Post(models.Model):
    title = models.CharField(max_length=40)
\x0c
    # still the class

    def g(self): return '''
  not indented
    '''
# not the class any more
X = {  'a':1 }"""


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_all_else_stays_byte_for_byte(newline: str) -> None:
    source = MESSY.replace("\n", newline)
    line = f"    title = models.CharField(max_length=40){newline}"
    new = f"{line}    slug = models.CharField(max_length=50){newline}"
    assert merged(source, EDIT) == source.replace(line, new)


def test_tabs_stay_tabs() -> None:
    source = HEAD + "class Post(models.Model):\n\ttitle = models.CharField(max_length=40)\n"
    field = Call("django.db.models.CharField", max_length=9, db_comment="y" * 90)
    assert merged(source, AddField(FieldSpec("note", field, ("note",)), ("title",))) == (
        source
        + '\tnote = models.CharField(\n\t\tmax_length=9,\n\t\tdb_comment="'
        + "y" * 90
        + '",\n'
        "\t)\n"
    )


def test_a_class_in_an_if() -> None:
    check(
        """
        if TYPE_CHECKING:
            class Post: ...
        else:
            try:
                class Post(models.Model):
                    title = models.CharField(max_length=40)  # mine
            except ImportError:
                pass
        """,
        """
        if TYPE_CHECKING:
            class Post: ...
        else:
            try:
                class Post(models.Model):
                    title = models.CharField(max_length=40)  # mine
                    slug = models.CharField(max_length=50)
            except ImportError:
                pass
        """,
        EDIT,
    )


def test_several_classes_of_a_file() -> None:
    source = HEAD + "class Post:\n    a = 1\n\n\nclass Tag:\n    pass\n"
    requests = [merging.ClassEdits(name, (AddField(SLUG),)) for name in ("Tag", "Post", "Gone")]
    result = merging.merge(file(source), requests)
    assert result.file.text == source.replace("    a = 1\n", f"    {LINE}\n    a = 1\n").replace(
        "    pass\n", f"    {LINE}\n"
    )
    assert [(name, edit) for name, edit, _ in result.failed] == [("Gone", AddField(SLUG))]


def test_two_classes_of_one_name_are_left_to_a_person() -> None:
    source = HEAD + "class Post:\n    pass\n\n\nclass Post:\n    pass\n"
    assert failure(source, EDIT) == "the file has 2 classes called Post"


def test_a_class_that_is_made_elsewhere_is_left_to_a_person() -> None:
    reason = "the class Post is not at the top of the file"
    assert failure(f"{HEAD}Post = make()\n", EDIT) == reason


@pytest.mark.parametrize(
    ("imports", "written"),
    [
        ("from django.db import models as m", "m.CharField"),
        ("import django.db.models as dm\nfrom django.db import models", "models.CharField"),
        ("from django.contrib.gis.db import models", "models_.CharField"),
        ("from django.db.models import *", "models.CharField"),
        ("from . import models", "models_.CharField"),
        ("try:\n    from gis import models\nexcept ImportError:\n    pass", "models_.CharField"),
    ],
)
def test_names_that_are_there_are_used(imports: str, written: str) -> None:
    source = f"{imports}\n\n\nclass Post(Model):\n    title = CharField()\n"
    new = merged(source, EDIT)
    assert f"    slug = {written}(max_length=50)\n" in new
    assert imports in new
    alias = " as models_" if "models_" in written else ""
    is_needed = "models as m" not in imports and "db import models" not in imports.split("\n")[-1]
    assert (f"from django.db import models{alias}\n" in new) == (
        is_needed or bool(alias) or "dm" in imports
    )


@pytest.mark.parametrize(
    "after",
    [
        "class Post:\n    title = 1\n    body = 3\n",
        "class Post:\n    body = 2\n\n\nX = 1\n",
        "class Post(Base):\n    body = 2\n",
        "@x\nclass Post:\n    body = 2\n",
        "class Post:\n    body = 2\n    class Meta:\n        ordering = []\n",
        "class Other:\n    body = 2\n",
    ],
)
def test_what_changes_more_than_it_should_is_refused(after: str) -> None:
    before = "import os\n\n\nclass Post:\n    title = 1\n    body = 2\n"
    fine = "import os\nimport sys\n\n\nclass Post:\n    body = 2\n"
    edits = {"Post": [RemoveField("title")]}
    assert_nothing_else_changed(file(before), file(fine), edits)
    for text in (f"import os\n{after}", after, fine.replace("import os", "")):
        with pytest.raises(SyncError, match="without changing more than the tables ask for"):
            assert_nothing_else_changed(file(before), file(text), edits)


def test_what_is_not_python_is_refused() -> None:
    with pytest.raises(SyncError, match="is not valid Python"):
        assert_nothing_else_changed(file("x = 1\n"), file("x = \n"), {})


# Classes


def test_new_classes_stand_behind_the_one_they_belong_to() -> None:
    source = HEAD + "class Post:\n    a = 1\n    # end of Post\n\n\n# Tags\nclass Tag:\n    pass\n"
    assert merging.add_classes(file(source), "class Link:\n    pass\n", [], "Post", STYLE).text == (
        HEAD + "class Post:\n    a = 1\n    # end of Post\n\n\nclass Link:\n    pass\n"
        "\n\n# Tags\nclass Tag:\n    pass\n"
    )


@pytest.mark.parametrize("behind", [None, "Missing"])
def test_new_classes_stand_at_the_end(behind: str | None) -> None:
    source = (HEAD + "class Post:\n    pass\n\n\nX = 1\n\n").replace("\n", "\r\n")
    assert merging.add_classes(file(source), "class Tag:\n    pass\n", [], behind, STYLE).text == (
        source[:-2] + "\r\n\r\nclass Tag:\r\n    pass\r\n"
    )


def test_a_class_is_taken_away_with_its_own_lines() -> None:
    source = HEAD + "class Tag:\n    pass\n\n\n# Posts\n@x\nclass Post:\n    a = 1\n\n\nX = 1\n"
    assert merging.remove_class(file(source), "Post").text == (
        HEAD + "class Tag:\n    pass\n\n\n# Posts\n\n\nX = 1\n"
    )
    assert merging.remove_class(file(source), "Tag").text == (
        "from django.db import models\n\n\n# Posts\n@x\nclass Post:\n    a = 1\n\n\nX = 1\n"
    )


def test_imports_are_as_long_as_the_project_s_lines_may_be() -> None:
    needed = [
        Import("django.contrib.postgres.fields", name) for name in ("ArrayField", "HStoreField")
    ]
    short = "from django.contrib.postgres.fields import (\n    ArrayField,\n    HStoreField,\n)\n"
    line = "from django.contrib.postgres.fields import ArrayField, HStoreField\n"
    assert render_imports(needed, 60) == short
    assert render_imports(needed, len(line) - 1) == line
    there = file("from django.contrib.postgres.fields import ArrayField\n")
    assert add_imports(there, needed, 80).text == line
    assert add_imports(there, needed, 60).text.count("\n") > 1
