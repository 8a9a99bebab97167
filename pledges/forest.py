"""Where the boxes of a tree stand when it is drawn from left to right. Plain Python; sizes in pixels."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

BOX_WIDTH, BOX_HEIGHT = 264, 48
_COLUMN, _ROW, _MARGIN = BOX_WIDTH + 64, BOX_HEIGHT + 12, 4


@dataclass(frozen=True)
class Box:
    """``x``, ``y`` of the upper left corner."""

    node: Hashable
    x: int
    y: int


@dataclass(frozen=True)
class Drawing:
    """Boxes in reading order, curves from parent to child as SVG paths, and the size of the whole."""

    boxes: list[Box]
    curves: list[str]
    width: int
    height: int


def draw(root: Hashable, children: Mapping[Hashable, Sequence[Hashable]]) -> Drawing:
    """Lay out the tree below ``root``: a parent stands in the middle of its children, leaves one below another.

    ``children`` has no circles (see :func:`trees`).
    """
    order: list[tuple[Hashable, int]] = []
    waiting: list[tuple[Hashable, int]] = [(root, 0)]
    while waiting:
        node, depth = waiting.pop()
        order.append((node, depth))
        waiting += [(child, depth + 1) for child in reversed(children.get(node, ()))]
    height: dict[Hashable, float] = {}
    leaves = 0
    for node, _ in order:
        if not children.get(node):
            height[node] = leaves
            leaves += 1
    for node, _ in reversed(order):
        if below := children.get(node):
            height[node] = (height[below[0]] + height[below[-1]]) / 2
    boxes = [Box(node, _MARGIN + depth * _COLUMN, round(_MARGIN + height[node] * _ROW)) for node, depth in order]
    place = {box.node: box for box in boxes}
    curves = [_curve(place[node], place[child]) for node, _ in order for child in children.get(node, ())]
    width = 2 * _MARGIN + max(depth for _, depth in order) * _COLUMN + BOX_WIDTH
    return Drawing(boxes, curves, width, 2 * _MARGIN + leaves * _ROW - (_ROW - BOX_HEIGHT))


def _curve(parent: Box, child: Box) -> str:
    x1, y1 = parent.x + BOX_WIDTH, parent.y + BOX_HEIGHT // 2
    x2, y2 = child.x, child.y + BOX_HEIGHT // 2
    middle = (x1 + x2) // 2
    return f"M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}"


def trees(edges: Sequence[tuple[Hashable, Hashable]]) -> tuple[list[Hashable], dict[Hashable, list[Hashable]]]:
    """Roots in the order of their first edge, and the children of each node; an edge that would close a circle or give a
    node a second parent is left out."""
    parents: dict[Hashable, Hashable] = {}
    children: dict[Hashable, list[Hashable]] = {}
    for parent, child in edges:
        if child in parents or _is_above(child, parent, parents):
            continue
        parents[child] = parent
        children.setdefault(parent, []).append(child)
    roots = dict.fromkeys(parent for parent, _ in edges if parent not in parents and parent in children)
    return list(roots), children


def _is_above(node: Hashable, below: Hashable, parents: Mapping[Hashable, Hashable]) -> bool:
    at: Hashable | None = below
    while at is not None:
        if at == node:
            return True
        at = parents.get(at)
    return False
