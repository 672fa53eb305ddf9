"""Where the boxes, arrows and labels of a lineage drawing stand. The templates turn it into SVG."""

from collections.abc import Iterator
from dataclasses import dataclass

from sync_core.operations.dashboard.chain import Chain, Node
from sync_core.operations.dashboard.words import fitting

EDGE = 1  # a border is drawn half outside of its box
BOX_WIDTH, BOX_HEIGHT = 198, 74
GAP_ACROSS, GAP_DOWN = 137, 58
LABEL_WIDTH, LABEL_HEIGHT = 122, 26
WIDE_BOX = 270  # on a narrow screen the boxes stand below each other and may be wider
LETTER_WIDTH = 8.0  # of the name, the largest text in a box, in a wide font
PADDING = 14


@dataclass(frozen=True, slots=True)
class Box:
    """An asset and where it stands; texts are cut to the box, `title` is whole."""

    node: Node
    x: int
    y: int
    width: int
    height: int = BOX_HEIGHT

    @property
    def title(self) -> str:
        """The whole name, for who points at the box."""
        return self.node.name

    @property
    def texts(self) -> tuple[str, str, str]:
        """Type, name and fact, as long as the box takes."""
        letters = int((self.width - 2 * PADDING) / LETTER_WIDTH)
        node = self.node
        return fitting(node.type_name, letters + 4), fitting(node.name, letters), fitting(node.fact, letters + 2)


@dataclass(frozen=True, slots=True)
class Link:
    """A process: an arrow as the data of an SVG path, and its label."""

    name: str
    arrow: str
    label_x: int
    label_y: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chain drawn."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    links: tuple[Link, ...]


def draw_across(chain: Chain) -> Drawing:
    """Draw a chain from left to right, for a wide screen."""
    step = BOX_WIDTH + GAP_ACROSS
    boxes = tuple(Box(node, EDGE + number * step, EDGE, BOX_WIDTH) for number, node in enumerate(chain.nodes))
    return Drawing(boxes[-1].x + BOX_WIDTH + EDGE, BOX_HEIGHT + 2 * EDGE, boxes, tuple(_links_across(chain, boxes)))


def draw_down(chain: Chain) -> Drawing:
    """Draw a chain from top to bottom, for a narrow screen."""
    step = BOX_HEIGHT + GAP_DOWN
    boxes = tuple(Box(node, EDGE, EDGE + number * step, WIDE_BOX) for number, node in enumerate(chain.nodes))
    return Drawing(WIDE_BOX + 2 * EDGE, boxes[-1].y + BOX_HEIGHT + EDGE, boxes, tuple(_links_down(chain, boxes)))


def _links_across(chain: Chain, boxes: tuple[Box, ...]) -> Iterator[Link]:
    for name, box in zip(chain.processes, boxes, strict=False):
        start, y = box.x + box.width, box.y + box.height // 2
        arrow = f"M{start} {y}h{GAP_ACROSS - 3}m-7 -5l7 5l-7 5"
        yield Link(name, arrow, start + (GAP_ACROSS - LABEL_WIDTH) // 2 - 2, y - LABEL_HEIGHT // 2)


def _links_down(chain: Chain, boxes: tuple[Box, ...]) -> Iterator[Link]:
    for name, box in zip(chain.processes, boxes, strict=False):
        x, start = box.x + box.width // 2, box.y + box.height
        arrow = f"M{x} {start}v{GAP_DOWN - 3}m-5 -7l5 7l5 -7"
        yield Link(name, arrow, x - LABEL_WIDTH // 2, start + (GAP_DOWN - LABEL_HEIGHT) // 2 - 3)
