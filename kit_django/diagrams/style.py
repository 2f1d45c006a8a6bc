"""The colours of a diagram. No CSS variables: not all that shows SVG knows them."""

from __future__ import annotations

from collections.abc import Iterator

# Of a line and a name, and of the head behind it: in light, in dark.
HUES = (
    ("#2563eb", "#dbeafe", "#7db0ff", "#1b2f52"),
    ("#b45309", "#fef0cd", "#f0b04f", "#45300f"),
    ("#15803d", "#dcfce7", "#5fd38a", "#143a24"),
    ("#be185d", "#fce7f3", "#f78fc0", "#48182f"),
    ("#6d28d9", "#ede9fe", "#b69bff", "#2f2357"),
    ("#0e7490", "#cffafe", "#56cfe4", "#113640"),
    ("#b91c1c", "#fee2e2", "#ff9494", "#4a1c1c"),
    ("#4d7c0f", "#ecfccb", "#a9d65c", "#2c3a14"),
)

_SHAPES = """
text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
.heading{font-size:16px;font-weight:600}
.name{font-size:13px;font-weight:600}
.key{font-weight:600}
.type{text-anchor:end}
.frame,.line,.end{stroke-width:1.2}
.line,.end{fill:none}
.null{stroke-dasharray:5 4}
.stub .frame{stroke-dasharray:3 3}
.link:hover .line{stroke-width:3}
"""


def style() -> str:
    dark = "\n".join(_colours("#0d1117", "#161b22", "#3d444d", "#e6edf3", "#9198a1", "#21262d", 2))
    light = "\n".join(_colours("#ffffff", "#ffffff", "#c4ccd4", "#1f2328", "#626b75", "#f0f2f5", 0))
    return f"{_SHAPES}{light}\n@media (prefers-color-scheme:dark){{\n{dark}\n}}\n"


def _colours(
    page: str, box: str, frame: str, text: str, muted: str, head: str, mode: int
) -> Iterator[str]:
    yield f".page{{fill:{page}}}"
    yield f".frame{{fill:{box};stroke:{frame}}}"
    yield f"text{{fill:{text}}}"
    yield f".type,.rest,.marks,.note{{fill:{muted}}}"
    yield f".head{{fill:{head}}}"
    yield f".line,.end{{stroke:{muted}}}"
    for at, hue in enumerate(HUES):
        line, tint = hue[mode], hue[mode + 1]
        yield f".h{at} .line,.h{at} .end{{stroke:{line}}}"
        yield f".h{at} .name{{fill:{line}}}"
        yield f".h{at} .head{{fill:{tint}}}"
