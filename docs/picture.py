"""Draw docs/images/architecture.svg from the imports of the code: the rooms, and who stands on whom.

    python docs/picture.py

A room is a sub-package, or a module of ``search_api`` that stands by itself; its line of text is the first sentence of
its docstring. A room stands on a higher floor than all rooms that it imports from. Of the arrows only those are drawn
that do not follow from others. The small modules of ``indexer`` that hold records and settings are one box.
"""

import ast
import functools
import html
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
PICTURE = REPOSITORY / "docs" / "images" / "architecture.svg"
PACKAGES = ("indexer", "search_api")
GROUND = "indexer: records, settings"
_COMMANDS = "commands"
_BOX, _HEIGHT, _GAP, _RISE = 236, 72, 16, 36
_LINE = 41
"""Characters that fit into a line of a box."""
_COLOURS = {"indexer": ("#eef4fb", "#3b6ea5"), "search_api": ("#fdf3e7", "#b4691f")}

Graph = dict[str, set[str]]


@functools.cache
def modules() -> Mapping[str, Path]:
    """Return the path of every module of both packages, by its dotted name."""
    paths = (path for package in PACKAGES for path in sorted((REPOSITORY / package).rglob("*.py")))
    return {_dotted(path): path for path in paths}


@functools.cache
def imports(module: str) -> tuple[str, ...]:
    """Return the dotted names of all that a module imports, also inside functions and for type checkers."""
    tree = ast.parse(modules()[module].read_text(encoding="utf-8"))
    return tuple(name for node in ast.walk(tree) for name in _imported(node))


def our_imports(module: str) -> list[str]:
    """Return those of its imports that are modules of ours."""
    return [name for name in imports(module) if name.split(".")[0] in PACKAGES]


def room_of(module: str) -> str:
    """Return the room of a module: its sub-package, or itself if it stands right in its package."""
    return ".".join(module.split(".")[:2])


def rooms() -> Graph:
    """Return, for each box of the picture, the boxes that it imports from."""
    graph: Graph = {}
    for module in modules():
        if module not in PACKAGES:
            box = _box(module)
            graph.setdefault(box, set()).update(_box(name) for name in our_imports(module))
    return {box: others - {box} for box, others in graph.items()}


def floors(graph: Graph) -> dict[str, int]:
    """Return the floor of each box: one above the highest box that it imports from."""

    @functools.cache
    def floor(box: str) -> int:
        return 1 + max((floor(other) for other in graph[box]), default=-1)

    return {box: floor(box) for box in sorted(graph)}


def needed(graph: Graph) -> Graph:
    """Return the arrows that do not follow from others (the transitive reduction)."""

    @functools.cache
    def below(box: str) -> frozenset[str]:
        return frozenset(graph[box]).union(*(below(other) for other in graph[box]))

    return {box: {other for other in others if not any(other in below(third) for third in others)}
            for box, others in graph.items()}  # fmt: skip


def draw() -> str:
    """Return the picture as SVG."""
    graph = rooms()
    storey = floors(graph)
    rows = _arranged(storey, needed(graph))
    height = len(rows) * (_HEIGHT + _RISE) + _GAP
    places: dict[str, tuple[float, float]] = {}
    width = _GAP
    for package in PACKAGES:  # one beside the other
        own = [[box for box in row if box.startswith(package)] for row in rows]
        column = max(map(len, own)) * (_BOX + _GAP)
        for floor, row in enumerate(own):
            left = width + (column - len(row) * (_BOX + _GAP)) / 2
            y = height - _GAP - _HEIGHT - floor * (_HEIGHT + _RISE)
            places |= {box: (left + place * (_BOX + _GAP), y) for place, box in enumerate(row)}
        width += column + _GAP
    arrows = [_arrow(places[box], places[other]) for box, others in sorted(needed(graph).items())
              for other in sorted(others)]  # fmt: skip
    boxes = [_drawn(box, *place) for box, place in sorted(places.items())]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif">\n'
        "<title>The rooms of Dateline, each above those that it imports from</title>\n"
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>\n'
    )
    return head + "\n".join([*arrows, *boxes]) + "\n</svg>\n"


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        below = [f"{base}.{alias.name}" for alias in node.names]
        yield from (name for name in below if name in modules())
        if any(name not in modules() for name in below):
            yield base


def _dotted(path: Path) -> str:
    return ".".join(path.relative_to(REPOSITORY).with_suffix("").parts).removesuffix(".__init__")


def _box(module: str) -> str:
    room = room_of(module)
    if room.endswith((".cli", ".app", ".commands")):
        return f"{room.split('.')[0]}: {_COMMANDS}"
    alone = (REPOSITORY / room.replace(".", "/")).with_suffix(".py").exists()
    return GROUND if room.startswith("indexer.") and alone else room


def _says(box: str) -> str:
    """Return what a box is, in a sentence."""
    if box == GROUND:
        names = (path.stem for path in sorted((REPOSITORY / "indexer").glob("*.py")))
        return ", ".join(name for name in names if name not in {"__init__", "cli"})
    if box.endswith(_COMMANDS):
        return {"indexer": "rebuild-index, remove", "search_api": "dateline; create_app"}[box.split(":", maxsplit=1)[0]]
    return (ast.get_docstring(ast.parse(modules()[box].read_text(encoding="utf-8"))) or "").split("\n")[0]


def _arranged(storey: Mapping[str, int], arrows: Graph) -> list[list[str]]:
    """Return the boxes of each floor from left to right, each near those that it stands on."""
    rows = [sorted(box for box in storey if storey[box] == floor) for floor in range(1 + max(storey.values()))]
    for _ in range(4):
        place = {box: (i + 0.5) / len(row) for row in rows for i, box in enumerate(row)}
        near = {box: [place[other] for other in arrows[box]] + [place[each] for each in arrows if box in arrows[each]]
                for box in storey}  # fmt: skip
        rows = [sorted(row, key=lambda box: (sum(near[box]) / max(len(near[box]), 1), box)) for row in rows]
    return rows


def _arrow(start: tuple[float, float], end: tuple[float, float]) -> str:
    x, y, to_x, to_y = start[0] + _BOX / 2, start[1] + _HEIGHT, end[0] + _BOX / 2, end[1]
    middle = (y + to_y) / 2
    return (
        f'<path d="M{x:.0f} {y:.0f} C{x:.0f} {middle:.0f} {to_x:.0f} {middle:.0f} {to_x:.0f} {to_y:.0f}" '
        'fill="none" stroke="#9aa5b1" stroke-width="1.3"/>'
    )


def _drawn(box: str, x: float, y: float) -> str:
    fill, line = _COLOURS[box.split(":", maxsplit=1)[0].split(".", maxsplit=1)[0]]
    lines = textwrap.wrap(_says(box), _LINE, max_lines=3, placeholder=" …")
    texts = "".join(
        f'<text x="{x + 9:.0f}" y="{y + 35 + 14 * i:.0f}" font-size="10" fill="#39424d">{html.escape(each)}</text>'
        for i, each in enumerate(lines)
    )
    return (
        f'<g><rect x="{x:.0f}" y="{y:.0f}" width="{_BOX}" height="{_HEIGHT}" rx="6" fill="{fill}" stroke="{line}"/>'
        f'<text x="{x + 9:.0f}" y="{y + 19:.0f}" font-size="13" font-weight="bold" fill="{line}">{html.escape(box)}'
        f"</text>{texts}</g>"
    )


if __name__ == "__main__":
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(draw(), encoding="utf-8")
