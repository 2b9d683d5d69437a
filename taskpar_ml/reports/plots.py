"""Plots as SVG to be put into a page, and as files: the same input gives the same bytes."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias
from xml.etree import ElementTree

from taskpar_ml.errors import OutputError
from taskpar_ml.reports.text import printable

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INK: Final = "#123456"
"""Stands for the colour of the text around a plot, light or dark."""
WIDTH: Final = 9.0
"""Inches of a plot as wide as a page."""
PLOT_ENDINGS: Final = (".svg", ".png")
"""Endings of files that a plot can be written to."""
_LONGEST: Final = 40
_SHARPNESS: Final = 150
"""Dots per inch of a picture in dots."""
_MOST_DOTS: Final = 30_000
"""Dots of a side of a picture; more than twice as many cannot be drawn."""
_STYLE: Final[Mapping[Any, Any]] = {
    "svg.fonttype": "none",
    "text.parse_math": False,
    "font.family": "sans-serif",
    "font.size": 10,
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
}
COLOURS: Final = (
    *("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f7f7f", "#8c564b"),
)
"""Told apart by most who do not see all colours, too."""
_MARKS: Final = "os^Dvp*X"


Draw: TypeAlias = "Callable[[Figure], None]"
"""Draws into a figure that is empty."""


class Plot(NamedTuple):
    """A picture: what stands above it, what it shows in words, and its SVG element."""

    title: str
    description: str
    svg: str


def look(number: int) -> dict[str, Any]:
    """Return how the points of a row of a legend look; colours and marks come again after 64."""
    mark = _MARKS[(number + number // len(COLOURS)) % len(_MARKS)]
    return {"color": COLOURS[number % len(COLOURS)], "marker": mark, "markersize": 6}


def legend(figure: Figure, shown: Sequence[Any], names: Sequence[str]) -> None:
    """Say below a figure what is what."""
    figure.legend(shown, list(map(short_name, names)), loc="outside lower center", ncols=3)


def legend_height(entries: int) -> float:
    """Return the inches that a legend needs."""
    return 0.25 * -(-entries // 3)


def short_name(text: str) -> str:
    """Return a name as plots show it."""
    return printable(text, most=_LONGEST)


def check_plot_ending(path: Path) -> None:
    """Refuse a file whose name does not say how the plot is to be written.

    Raises
    ------
    OutputError
        If its ending is unknown.
    """
    if path.suffix.lower() not in PLOT_ENDINGS:
        known = " or ".join(PLOT_ENDINGS)
        raise OutputError(str(path), "has no known ending.", f"Let its name end in {known}.")


def inline_svg(name: str, size: tuple[float, float], draw: Draw) -> str:
    """Return what is drawn as an SVG element whose ids no other plot of a page has."""
    drawn = _drawn(name, size, draw, form="svg", see_through=True)
    root = _element(drawn, re.sub(r"[^a-z0-9]+", "-", name), ink="currentColor")
    return ElementTree.tostring(root, encoding="unicode")


def svg_file(plot: Plot, size: tuple[float, float], draw: Draw) -> bytes:
    """Return what is drawn as an SVG document on white that says in words what it shows."""
    root = _element(_drawn(plot.title, size, draw, form="svg"), "plot", ink=INK)
    root.set("xmlns", "http://www.w3.org/2000/svg")
    root.set("role", "img")
    for place, (tag, said) in enumerate((("title", plot.title), ("desc", plot.description))):
        element = ElementTree.Element(tag)
        element.text = printable(said)
        root.insert(place, element)
    document: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def png_file(plot: Plot, size: tuple[float, float], draw: Draw) -> bytes:
    """Return what is drawn as a picture of dots on white."""
    return _drawn(plot.title, size, draw, form="png")


def _drawn(
    name: str, size: tuple[float, float], draw: Draw, *, form: str, see_through: bool = False
) -> bytes:
    import matplotlib
    from matplotlib.figure import Figure

    file = io.BytesIO()
    with matplotlib.rc_context(), warnings.catch_warnings():
        # The browser may have a font for what ours lacks.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        matplotlib.rcdefaults()
        matplotlib.rcParams.update({**_STYLE, "svg.hashsalt": name})
        figure = Figure(figsize=size, layout="constrained")
        draw(figure)
        if see_through:
            figure.patch.set_alpha(0)
            for axes in figure.axes:
                axes.patch.set_alpha(0)
        sharpness = min(_SHARPNESS, _MOST_DOTS / max(size))
        figure.savefig(file, format=form, dpi=sharpness)
    return file.getvalue()


def _element(svg: bytes, prefix: str, *, ink: str) -> ElementTree.Element:
    """Return an SVG document as an element that may stand within a page."""
    root = ElementTree.fromstring(svg)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        attributes = {name.rpartition("}")[2]: value for name, value in element.items()}
        element.attrib.clear()
        for name, value in attributes.items():
            if name == "id":
                value = f"{prefix}-{value}"
            elif name == "href":
                value = value.replace("#", f"#{prefix}-")
            else:
                value = value.replace("url(#", f"url(#{prefix}-").replace(INK, ink)
            element.set(name, value)
    for child in list(root):
        # It holds the time at which it was drawn, and addresses.
        if child.tag == "metadata":
            root.remove(child)
    return root
