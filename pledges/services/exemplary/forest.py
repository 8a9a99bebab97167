"""Who learned from whom, as a graph: only what the person may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from pledges.forest import BOX_HEIGHT, BOX_WIDTH, draw, trees
from pledges.models import ExemplaryModel, Replication
from pledges.services.exemplary.credit import Credit, credits_for

# Of more siblings the drawing shows the first ones and counts the rest; the list below and the files name all.
MOST_SIBLINGS = 12
_NAME_SIGNS, _UNIT_SIGNS = 32, 38


def visible_replications(user: Any) -> QuerySet[Replication]:
    """Those of models that ``user`` sees in the register, at either end, and those of which both ends are public.

    At the other end stands what :func:`credits_for` tells: an unregistered draft of another unit is not told at all.
    """
    inside = ExemplaryModel.objects.visible_to(user).order_by().values("pk")
    public = ExemplaryModel.objects.public().order_by().values("pk")
    rows = Replication.objects.filter(
        Q(model__in=inside)
        | Q(origin__in=inside, model__registered_on__isnull=False)
        | Q(origin__in=public, model__in=public)
    )
    return rows.exclude(model__registered_on=None, model__status=ExemplaryModel.Status.WITHDRAWN)


@dataclass(frozen=True)
class Node:
    """A model in the graph; ``id`` is counted within the answer, so that it tells nothing of models that are not in it."""

    id: str
    credit: Credit
    field: str
    over: bool

    @property
    def first_line(self) -> str:
        return _cut(self.credit.name or "Mô hình không công khai", _NAME_SIGNS)

    @property
    def second_line(self) -> str:
        return _cut(self.credit.unit, _UNIT_SIGNS)


@dataclass(frozen=True)
class Edge:
    """``target`` learned from ``source``."""

    source: Node
    target: Node
    row: Replication


@dataclass
class Graph:
    nodes: list[Node]
    edges: list[Edge]

    @property
    def unit_count(self) -> int:
        """Units that learned."""
        return len({edge.row.model.unit_id for edge in self.edges})

    @property
    def working_count(self) -> int:
        return sum(edge.row.outcome == Replication.Outcome.WORKS for edge in self.edges)

    @property
    def origin_count(self) -> int:
        """Models that somebody learned from."""
        return len({edge.source.id for edge in self.edges})


def build_graph(user: Any, rows: QuerySet[Replication]) -> Graph:
    """The graph of ``rows`` (of :func:`visible_replications`), units side by side. A fixed number of queries."""
    found = list(
        rows.select_related("origin__unit", "origin__field", "model__unit", "model__field").order_by(
            "origin__unit__sort_key", "origin", "model__unit__sort_key", "taken_on", "id"
        )
    )
    models = {model.pk: model for row in found for model in (row.origin, row.model)}
    known = credits_for(user, models.values())
    nodes = {
        pk: Node(f"m{number}", known[pk], model.field.name, known[pk].is_named and model.status in ExemplaryModel.OVER)
        for number, (pk, model) in enumerate(models.items(), 1)
    }
    return Graph(list(nodes.values()), [Edge(nodes[row.origin_id], nodes[row.model_id], row) for row in found])


# --- trees ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Shape:
    """A box of the drawing: a model, or the number of siblings that are not drawn."""

    x: int
    y: int
    node: Node | None
    more: int = 0
    width: int = BOX_WIDTH
    height: int = BOX_HEIGHT


@dataclass(frozen=True)
class Line:
    """A model in the list below the drawing; ``edge`` is how it came to it, None for the root."""

    node: Node
    edge: Edge | None
    depth: int


@dataclass(frozen=True)
class Tree:
    """Everything that grew out of one model that nobody is known to have learned from elsewhere."""

    root: Node
    size: int
    lines: list[Line]
    children: dict[str, list[Edge]]

    @property
    def drawing(self) -> dict[str, Any]:
        """What the template needs to draw it."""
        shown: dict[Any, list[Any]] = {}
        by_id = {line.node.id: line.node for line in self.lines}
        for source, edges in self.children.items():
            targets: list[Any] = [edge.target.id for edge in edges]
            if len(targets) > MOST_SIBLINGS:
                targets = [*targets[:MOST_SIBLINGS], (source, len(targets) - MOST_SIBLINGS)]
            shown[source] = targets
        made = draw(self.root.id, shown)
        shapes = [
            Shape(box.x, box.y, None, box.node[1])
            if isinstance(box.node, tuple)
            else Shape(box.x, box.y, by_id[str(box.node)])
            for box in made.boxes
        ]
        return {"shapes": shapes, "curves": made.curves, "width": made.width, "height": made.height}


def grow_trees(graph: Graph) -> list[Tree]:
    """The forest, the trees with the most learners first."""
    edges = {(edge.source.id, edge.target.id): edge for edge in graph.edges}
    by_id = {node.id: node for node in graph.nodes}
    roots, children = trees(list(edges))
    below = {str(node): [edges[str(node), str(child)] for child in row] for node, row in children.items()}
    found = [_tree(by_id[str(root)], below) for root in roots]
    return sorted(found, key=lambda tree: -tree.size)


def _tree(root: Node, below: dict[str, list[Edge]]) -> Tree:
    lines: list[Line] = []
    waiting: list[Line] = [Line(root, None, 0)]
    while waiting:
        line = waiting.pop()
        lines.append(line)
        waiting += [Line(edge.target, edge, line.depth + 1) for edge in reversed(below.get(line.node.id, []))]
    within = {line.node.id for line in lines}
    return Tree(root, len(lines) - 1, lines, {node: row for node, row in below.items() if node in within})


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


# --- as data --------------------------------------------------------------------------------------------------------
def as_data(graph: Graph) -> dict[str, Any]:
    """Nodes and edges in plain values, for JSON."""
    return {
        "nodes": [
            {
                "id": node.id,
                "name": node.credit.name or None,
                "unit": node.credit.unit,
                "field": node.field,
                "url": node.credit.url or None,
            }
            for node in graph.nodes
        ],
        "edges": [
            {
                "from": edge.source.id,
                "to": edge.target.id,
                "taken_on": edge.row.taken_on.isoformat(),
                "outcome": edge.row.outcome or None,
            }
            for edge in graph.edges
        ],
    }


HEADINGS = ("Mô hình gốc", "Đơn vị gốc", "Lĩnh vực", "Mô hình học theo", "Đơn vị học theo", "Từ ngày", "Sau một năm")


def as_rows(graph: Graph) -> list[Sequence[str]]:
    """One line per replication under :data:`HEADINGS`."""
    return [
        (
            edge.source.credit.label,
            edge.source.credit.unit,
            edge.source.field,
            edge.target.credit.label,
            edge.target.credit.unit,
            f"{edge.row.taken_on:%d/%m/%Y}",
            edge.row.get_outcome_display(),
        )
        for edge in graph.edges
    ]
