"""Arguments and entries with the white space between them: how one is added or taken away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import libcst as cst

NOTHING = cst.SimpleWhitespace("")
BLANK = cst.SimpleWhitespace(" ")
Space = cst.BaseParenthesizableWhitespace


@dataclass(frozen=True)
class Row:
    """What stands between two brackets.

    ``gaps`` are the white spaces behind the commas between the items, with the comments there;
    ``start`` is that behind the opening bracket, ``end`` that before the closing one.
    """

    start: Space
    items: tuple[Any, ...]
    gaps: tuple[Space, ...]
    end: Space
    has_trailing_comma: bool

    def replaced(self, number: int, item: Any) -> Row:
        return replace(self, items=(*self.items[:number], item, *self.items[number + 1 :]))

    def appended(self, item: Any) -> Row:
        """Written as what is there: on a line of its own, or behind a blank."""
        if not self.items:
            return replace(self, items=(item,))
        gap, end = self._gap_for_one_more(), _without_comments(self.end)
        return replace(self, items=(*self.items, item), gaps=(*self.gaps, gap), end=end)

    def _gap_for_one_more(self) -> Space:
        """The comments behind the last item stay there."""
        spread = [each for each in (self.start, *self.gaps) if _is_line_break(each)]
        if not spread:
            return BLANK
        comments = self.end if _is_line_break(self.end) else _line_break("")
        model: Any = spread[-1]
        return comments.with_changes(indent=model.indent, last_line=model.last_line)

    def removed(self, number: int) -> Row:
        """What is written on the item's own line goes with it, comments above others do not."""
        items = (*self.items[:number], *self.items[number + 1 :])
        if not items:
            return self._emptied()
        if number == len(items):
            kept = _ending_as(self.gaps[-1], self.end)
            return replace(self, items=items, gaps=self.gaps[:-1], end=kept)
        spaces = [self.start, *self.gaps]
        gone = spaces.pop(number + 1)
        spaces[number] = _with_lines_of(spaces[number], gone)
        return replace(self, items=items, start=spaces[0], gaps=tuple(spaces[1:]))

    def _emptied(self) -> Row:
        has_comments = any(map(_comments, (self.start, self.end)))
        start, end = (self.start, self.end) if has_comments else (NOTHING, NOTHING)
        return Row(start, (), (), end, has_trailing_comma=False)

    def spread(self, indent: str) -> Row:
        """One item a line, for what was on a line that has grown too long."""
        gaps = tuple(_line_break(indent) for _ in self.items[1:])
        return Row(_line_break(indent), self.items, gaps, _line_break(""), has_trailing_comma=True)

    def commas(self) -> Iterator[cst.Comma | cst.MaybeSentinel]:
        """One for each item, with the blanks that are before it now."""
        for item, gap in zip(self.items, (*self.gaps, NOTHING), strict=False):
            comma = item.comma if isinstance(item.comma, cst.Comma) else cst.Comma()
            yield comma.with_changes(whitespace_after=gap)

    def items_with_commas(self) -> list[Any]:
        items = [
            item.with_changes(comma=comma)
            for item, comma in zip(self.items, self.commas(), strict=True)
        ]
        if items and not self.has_trailing_comma:
            items[-1] = items[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
        return items


def row_of_call(call: cst.Call) -> Row:
    gaps = tuple(each.comma.whitespace_after for each in call.args[:-1])  # type: ignore[union-attr]
    has_comma, end = False, NOTHING
    if call.args:
        last = call.args[-1]
        has_comma = isinstance(last.comma, cst.Comma)
        end = last.comma.whitespace_after if has_comma else last.whitespace_after_arg  # type: ignore[union-attr,assignment]
    items = list(call.args)
    if items and not has_comma:
        items[-1] = items[-1].with_changes(whitespace_after_arg=NOTHING)
    return Row(call.whitespace_before_args, tuple(items), gaps, end, has_comma)


def call_of_row(call: cst.Call, row: Row) -> cst.Call:
    args = row.items_with_commas()
    if args and row.has_trailing_comma:
        comma = args[-1].comma.with_changes(whitespace_after=row.end)
        args[-1] = args[-1].with_changes(comma=comma)
    elif args:
        args[-1] = args[-1].with_changes(whitespace_after_arg=row.end)
    return call.with_changes(args=args, whitespace_before_args=row.start)


def row_of_list(node: Any) -> Row:
    """Of a list, or of a tuple in parentheses."""
    gaps = tuple(each.comma.whitespace_after for each in node.elements[:-1])
    has_comma = bool(node.elements) and isinstance(node.elements[-1].comma, cst.Comma)
    if isinstance(node, cst.List):
        start, end = node.lbracket.whitespace_after, node.rbracket.whitespace_before
    else:
        start, end = node.lpar[0].whitespace_after, node.rpar[0].whitespace_before
    return Row(start, tuple(node.elements), gaps, end, has_comma)


def list_of_row(node: Any, row: Row) -> Any:
    elements = row.items_with_commas()
    if isinstance(node, cst.List):
        return node.with_changes(
            elements=elements,
            lbracket=node.lbracket.with_changes(whitespace_after=row.start),
            rbracket=node.rbracket.with_changes(whitespace_before=row.end),
        )
    if len(elements) == 1:
        elements[0] = elements[0].with_changes(comma=cst.Comma())
    return node.with_changes(
        elements=elements,
        lpar=[node.lpar[0].with_changes(whitespace_after=row.start), *node.lpar[1:]],
        rpar=[node.rpar[0].with_changes(whitespace_before=row.end), *node.rpar[1:]],
    )


def _line_break(indent: str) -> cst.ParenthesizedWhitespace:
    return cst.ParenthesizedWhitespace(indent=True, last_line=cst.SimpleWhitespace(indent))


def _is_line_break(space: Space) -> bool:
    return isinstance(space, cst.ParenthesizedWhitespace)


def _comments(space: Space) -> bool:
    return "#" in cst.Module([]).code_for_node(space)


def _without_comments(space: Any) -> Space:
    if not _is_line_break(space):
        return space  # type: ignore[no-any-return]
    plain = cst.TrailingWhitespace(newline=space.first_line.newline)
    return space.with_changes(first_line=plain, empty_lines=[])  # type: ignore[no-any-return]


def _ending_as(space: Any, end: Any) -> Space:
    """The comments of one white space with the line break of another."""
    if not _comments(space):
        return end  # type: ignore[no-any-return]
    if not _is_line_break(end):
        return space  # type: ignore[no-any-return]
    return space.with_changes(indent=end.indent, last_line=end.last_line)  # type: ignore[no-any-return]


def _with_lines_of(space: Any, gone: Any) -> Space:
    """The white space with the comments that had lines of their own in another."""
    if not (_is_line_break(gone) and _is_line_break(space)):
        return space  # type: ignore[no-any-return]
    kept = [line for line in gone.empty_lines if line.comment]
    return space.with_changes(empty_lines=[*space.empty_lines, *kept])  # type: ignore[no-any-return]
