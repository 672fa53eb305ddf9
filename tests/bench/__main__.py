"""`python -m tests.bench`: measures, prints tables, and exits 0 whatever the numbers are."""

import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from local.demo.report import make_console
from tests.bench import acknowledge, discover
from tests.bench.acknowledge import Cost
from tests.bench.discover import Discovery
from tests.bench.rig import CLUEDIN, IDENTITY, PURVIEW, STORAGE, run_rig

TAGGED = (18, 1000)
SERVICES = (PURVIEW, CLUEDIN, IDENTITY, STORAGE)


def main() -> int:
    """Measure and print."""
    console = make_console()
    with run_rig() as rig:
        with console.status("Acknowledging deliveries ..."):
            costs = acknowledge.measure(rig)
        show_costs(console, costs)
        found = []
        for tagged in TAGGED:
            with console.status(f"Discovering {tagged} assets ..."):
                found.append(discover.measure(rig, tagged))
        show_ticks(console, found)
        show_provisioning(console, found)
    return 0


def show_costs(console: Console, costs: Sequence[Cost]) -> None:
    """Print what acknowledging costs; the first row is what all is compared with."""
    table = _new_table("Acknowledging a webhook delivery, in process", "", "storage operations", "median", "95 %")
    base = costs[0]
    for cost in costs:
        times = _ratio(cost.median_s, base.median_s), _ratio(cost.percentile_95_s, base.percentile_95_s)
        table.add_row(cost.name, f"{cost.storage_operations:.1f}", *times)
    console.print(table)
    console.print("[dim]Times as multiples of the first row's.[/dim]\n")


def show_ticks(console: Console, found: Sequence[Discovery]) -> None:
    """Print what ticks cost."""
    table = _new_table("One tick of discovery, requests by service", "tagged assets", "tick", *SERVICES, "time")
    for each in found:
        table.add_row(str(each.tagged), "first", *(str(each.first[name]) for name in SERVICES), "1.0")
        counts = (_span([counts[name] for counts in each.idle]) for name in SERVICES)
        table.add_row("", "idle", *counts, _ratio(each.idle_s, each.first_s))
    console.print(table)
    console.print(
        "[dim]Times as multiples of the first tick's. A page holds 1,000 assignments; two columns carry the term too.\n"
    )


def show_provisioning(console: Console, found: Sequence[Discovery]) -> None:
    """Print what provisioning costs per asset."""
    table = _new_table("Provisioning one asset, requests by service", "of so many", "", *SERVICES)
    for each in found:
        table.add_row(str(each.tagged), "mean", *(f"{each.mean_of_provisioning(name):.1f}" for name in SERVICES))
        table.add_row("", "most", *(str(each.most_of_provisioning(name)) for name in SERVICES))
    console.print(table)


def _new_table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", header_style="bold")
    for number, column in enumerate(columns):
        table.add_column(column, justify="left" if number == 0 or column in {"", "tick"} else "right")
    return table


def _ratio(value: float, base: float) -> str:
    return f"{value / base:.2g}"


def _span(counts: Sequence[int]) -> str:
    return str(counts[0]) if len(set(counts)) == 1 else f"{min(counts)} to {max(counts)}"


if __name__ == "__main__":
    sys.exit(main())
