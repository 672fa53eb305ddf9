"""Draws a lineage as an SVG picture: assets as boxes, processes between them, a line for each column.

`python -m local.demo.picture docs/images/lineage.svg` runs everything and draws what Purview tells then. Nothing in the
picture differs between two runs.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from rich.console import Console

from local.demo.drawing import tell_facts
from local.demo.lineage import Lineage, Node
from local.demo.report import Report
from local.demo.run import DEMO_SETTINGS, run_demo
from local.demo.stage import Stage
from local.demo.sync_assets import show_first_sync
from local.demo.sync_lineage import read_lineage, show_lineage
from local.stack import StackOptions

_MARGIN, _BOX, _GAP = 14, 176, 152
_HEADER, _ROW, _PADDING = 92, 26, 10
_PILL, _TIP = 128, 2
_STYLE = (
    "text{font:12px 'Segoe UI',Helvetica,Arial,sans-serif;fill:#1f2933}"
    ".small{font-size:10px;fill:#616e7c}.name{font-weight:600}"
    ".pill{font-size:11px;text-anchor:middle}.type{font-size:9px;fill:#616e7c;text-anchor:middle}"
    ".box{fill:#fff;stroke:#9aa5b1}.process{fill:#eef6ff;stroke:#2f7dc4}"
    ".flow{fill:none;stroke:#2f7dc4;stroke-width:2}.column{fill:none;stroke:#7bb0dd;stroke-width:1.5}"
)


@dataclass(frozen=True)
class _Box:
    """An asset and where it is drawn."""

    node: Node
    left: int
    facts: Sequence[str]

    @property
    def right(self) -> int:
        return self.left + _BOX

    @property
    def height(self) -> int:
        return _HEADER + _ROW * len(self.node.columns) + _PADDING

    def row_of(self, column: str) -> int:
        """Where the line of a column ends."""
        return _MARGIN + _HEADER + _ROW * self.node.columns.index(column) + _ROW // 2


def draw_picture(lineage: Lineage) -> str:
    """Return the picture of a chain as SVG text."""
    boxes = [
        _Box(asset, _MARGIN + number * (_BOX + _GAP), tell_facts(asset)) for number, asset in enumerate(lineage.assets)
    ]
    width = boxes[-1].right + _MARGIN
    height = max(box.height for box in boxes) + 2 * _MARGIN
    links = zip(boxes, lineage.processes, boxes[1:], strict=False)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" role="img">',
        f"<title>{escape(' to '.join(asset.name for asset in lineage.assets))}</title>",
        f"<style>{_STYLE}</style>",
        f'<rect width="{width}" height="{height}" rx="8" fill="#f8fafc"/>',
        *(part for box in boxes for part in _draw_asset(box)),
        *(part for source, process, sink in links for part in _draw_process(source, process, sink)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _draw_asset(box: _Box) -> Iterator[str]:
    x = box.left + _PADDING
    yield f'<rect class="box" x="{box.left}" y="{_MARGIN}" width="{_BOX}" height="{box.height}" rx="6"/>'
    yield _text(x, _MARGIN + 20, box.node.type_name, "small")
    yield _text(x, _MARGIN + 40, box.node.name, "name")
    for number, fact in enumerate(box.facts):
        yield _text(x, _MARGIN + 58 + 14 * number, fact, "small")
    line = _MARGIN + _HEADER - 4
    yield f'<path class="box" d="M{box.left} {line}h{_BOX}"/>'
    for column in box.node.columns:
        yield _text(x, box.row_of(column) + 4, column)


def _draw_process(source: _Box, process: Node, sink: _Box) -> Iterator[str]:
    middle, y = (source.right + sink.left) // 2, _MARGIN + 36
    yield f'<path class="flow" d="M{source.right} {y}H{sink.left - _TIP}m-6 -4l6 4l-6 4"/>'
    yield f'<rect class="process" x="{middle - _PILL // 2}" y="{y - 14}" width="{_PILL}" height="28" rx="14"/>'
    yield _text(middle, y + 4, process.name, "pill")
    yield _text(middle, y + 30, process.type_name, "type")
    for start, end in process.column_pairs:
        first, last = source.row_of(start), sink.row_of(end)
        yield f'<path class="column" d="M{source.right} {first}C{middle} {first} {middle} {last} {sink.left} {last}"/>'
    for column in sorted(set(source.node.columns) - {start for start, _ in process.column_pairs}):
        yield _text(source.right + 6, source.row_of(column) + 4, "left out", "small")


def _text(x: int, y: int, text: str, style: str = "") -> str:
    styled = f' class="{style}"' if style else ""
    return f'<text{styled} x="{x}" y="{y}">{escape(text)}</text>'


def main() -> int:
    """Run everything, draw the lineage into the file that is named."""
    (path,) = sys.argv[1:]

    def draw(stage: Stage) -> None:
        Path(path).write_text(draw_picture(read_lineage(stage)), encoding="utf-8")

    report = Report(Console(stderr=True))
    passed = run_demo(StackOptions(timers=False, settings=DEMO_SETTINGS), report, (show_first_sync, show_lineage, draw))
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
