"""A lineage as lines and boxes in the terminal, and its columns as a table."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.panel import Panel

from local.demo.lineage import Lineage, Node, trace_columns
from local.demo.report import Report, shorten

_BOX_WIDTH = 78
_TEXT_WIDTH = _BOX_WIDTH - 4
_COLUMN_WIDTH = 24
_COUNTS = {"totalRecords": "records", "successfulRecords": "processed", "failedRecords": "failed"}
_TEXTS = {"entityType": "entity type", "vocabulary": "vocabulary"}


def draw_lineage(lineage: Lineage) -> RenderableType:
    """Draw the chain from the source asset down."""
    return Group(*_draw(lineage))


def name_chain(lineage: Lineage) -> str:
    """Tell the chain in one line."""
    return " → ".join(node.name for node in lineage.chain)


def show_columns(report: Report, lineage: Lineage, left_out: str) -> None:
    """Print where each column goes; one that does not arrive was left out of the mapping."""
    assets = lineage.assets
    columns = {f"{number}. {asset.name}": _COLUMN_WIDTH for number, asset in enumerate(assets, start=1)}
    rows = [_fill(trace, len(assets), left_out) for trace in trace_columns(lineage)]
    report.show_table("Column by column", columns, rows)


def tell_facts(node: Node) -> list[str]:
    """Tell what Purview knows of an asset beyond its name, a line each."""
    facts = node.facts
    counts = [f"{facts[count]:,} {words}" for count, words in _COUNTS.items() if count in facts]
    if counts:
        return [counts[0], ", ".join(counts[1:])]
    return [f"{words} {facts[name]}" for name, words in _TEXTS.items() if facts.get(name)]


def _draw(lineage: Lineage) -> Iterator[RenderableType]:
    for number, node in enumerate(lineage.chain):
        yield _draw_process(node) if number % 2 else _draw_asset(node)


def _draw_asset(asset: Node) -> RenderableType:
    lines = [
        f"[bold]{escape(asset.name)}[/bold]",
        f"[dim]{escape(shorten(asset.qualified_name, _TEXT_WIDTH))}[/dim]",
        escape(", ".join(tell_facts(asset))),
        f"{len(asset.columns)} columns: {escape(', '.join(asset.columns))}",
    ]
    text = "\n".join(line for line in lines if line)
    return Panel(text, title=escape(asset.type_name), title_align="left", width=_BOX_WIDTH)


def _draw_process(process: Node) -> str:
    columns = f"{len(process.column_pairs)} columns"
    return (
        f"    │ [bold cyan]{escape(process.name)}[/bold cyan] [dim]{escape(process.type_name)}[/dim], {columns}\n    ▼"
    )


def _fill(trace: list[str], length: int, left_out: str) -> list[str]:
    missing = length - len(trace)
    return [*trace, *[f"left out ({left_out})"][:missing], *[""] * (missing - 1)]
