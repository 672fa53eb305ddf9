"""Where the parts of a lineage drawing stand."""

import re
from itertools import pairwise

import pytest

from sync_core.operations.dashboard.chain import Chain, Node
from sync_core.operations.dashboard.drawing import (
    LABEL_HEIGHT,
    LABEL_WIDTH,
    Box,
    Drawing,
    draw_across,
    draw_down,
)

NAMES = ("Customers", "Customer master", "Customer master clues", "Account")
PROCESSES = ("Ingest Data", "Map to Entity", "Processing Pipeline")


def chain(count: int = 4) -> Chain:
    return Chain(tuple(Node("type", name, "fact") for name in NAMES[:count]), PROCESSES[: count - 1])


def end_of(arrow: str) -> tuple[int, int]:
    """Where an arrow points to: `M x y`, then a way across or down, then its tip."""
    x, y, way, length = re.match(r"M(\d+) (\d+)([hv])(\d+)m", arrow).groups()  # type: ignore[union-attr]
    return (int(x) + int(length), int(y)) if way == "h" else (int(x), int(y) + int(length))


def is_within(drawing: Drawing, box: Box) -> bool:
    return 0 <= box.x <= box.x + box.width <= drawing.width and 0 <= box.y <= box.y + box.height <= drawing.height


@pytest.mark.parametrize("count", [2, 4])
def test_across_the_boxes_stand_beside_each_other_with_an_arrow_between_each_two(count: int) -> None:
    drawing = draw_across(chain(count))
    assert [box.node.name for box in drawing.boxes] == list(NAMES[:count])
    assert [link.name for link in drawing.links] == list(PROCESSES[: count - 1])
    assert all(is_within(drawing, box) for box in drawing.boxes)
    for (left, right), link in zip(pairwise(drawing.boxes), drawing.links, strict=True):
        x, y = end_of(link.arrow)
        assert left.y <= y <= left.y + left.height
        assert left.x + left.width < link.label_x < link.label_x + LABEL_WIDTH < x <= right.x


@pytest.mark.parametrize("count", [2, 4])
def test_down_the_boxes_stand_below_each_other_and_fit_a_small_screen(count: int) -> None:
    drawing = draw_down(chain(count))
    assert drawing.width <= 290
    assert all(is_within(drawing, box) for box in drawing.boxes)
    for (upper, lower), link in zip(pairwise(drawing.boxes), drawing.links, strict=True):
        x, y = end_of(link.arrow)
        assert upper.x <= x <= upper.x + upper.width
        assert upper.y + upper.height < link.label_y < link.label_y + LABEL_HEIGHT < y <= lower.y


def test_a_long_name_is_cut_to_its_box_and_whole_in_its_title() -> None:
    (box, _) = draw_across(Chain((Node("t" * 90, "n" * 90, "f" * 90), Node("type", "name")), ("Ingest Data",))).boxes
    assert all(len(text) < 30 and text.endswith("…") for text in box.texts)
    assert box.title == "n" * 90
