"""Drawing a forest: a parent between its children, no two boxes on one place, no circle without end."""

from hypothesis import given
from hypothesis import strategies as st

from pledges.forest import BOX_HEIGHT, BOX_WIDTH, draw, trees


def test_a_single_edge_is_two_boxes_and_a_curve():
    made = draw("a", {"a": ["b"]})

    assert [(box.node, box.x < BOX_WIDTH) for box in made.boxes] == [("a", True), ("b", False)]
    assert len(made.curves) == 1
    assert made.boxes[0].y == made.boxes[1].y


def test_a_parent_stands_in_the_middle_of_its_children():
    made = {box.node: box.y for box in draw("a", {"a": ["b", "c", "d"]}).boxes}

    assert made["a"] == made["c"]
    assert made["b"] < made["c"] < made["d"]


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=40))
def test_any_edges_become_a_forest_that_can_be_drawn(edges):
    roots, children = trees([(a, b) for a, b in edges if a != b])
    drawn = [draw(root, children) for root in roots]
    nodes = [box.node for made in drawn for box in made.boxes]

    assert len(nodes) == len(set(nodes))
    assert {node for row in children.values() for node in row} <= set(nodes)
    for made in drawn:
        places = [(box.x, box.y) for box in made.boxes]
        assert len(places) == len(set(places))
        assert all(
            x >= 0 and x + BOX_WIDTH <= made.width and y >= 0 and y + BOX_HEIGHT <= made.height for x, y in places
        )
