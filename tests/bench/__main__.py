"""`python -m tests.bench`: measures, prints tables, and exits 0 whatever the numbers are.

`python -m tests.bench 2000 memory:2000 memory:1000000` measures beside so many records only, on Azurite or on tables in
memory. Without an argument it ends with 1,000, 10,000 and 100,000 in memory.
`python -m tests.bench compare` shows one table only: the app beside scripts, other clients and the raw limit.
`python -m tests.bench views` shows one only: the dashboard's views beside 10,000 assets.
"""

import sys
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table

from local.demo.report import make_console
from tests.bench import acknowledge, at_size, discover
from tests.bench.acknowledge import Cost
from tests.bench.at_size import SizedCost, ViewCost
from tests.bench.compare import Beside, compare
from tests.bench.discover import Discovery
from tests.bench.rig import CLUEDIN, IDENTITY, PURVIEW, STORAGE, Rig, run_rig

TAGGED = (118, 1000)
VIEWED = 10_000
MOST_OPERATIONS, LONGEST_MS = 20, 300
IN_MEMORY = "memory:"
SIZES = tuple(f"{IN_MEMORY}{records}" for records in (1_000, 10_000, 100_000))
MOST_SYNCED = 10_000
"""A first sync of more takes minutes, one message after the other."""
SERVICES = (PURVIEW, CLUEDIN, IDENTITY, STORAGE)


def main(sizes: Sequence[str]) -> int:
    """Measure and print."""
    console = make_console()
    with run_rig() as rig:
        if "compare" in sizes:
            show_comparison(console, list(compare(rig)))
            return 0
        if "views" in sizes:
            _bench_views(console, rig)
            return 0
        if sizes:
            _bench_sizes(console, rig, sizes)
            return 0
        with console.status("Acknowledging deliveries ..."):
            costs = acknowledge.measure(rig)
        show_costs(console, costs)
        found = []
        for tagged in TAGGED:
            with console.status(f"Discovering {tagged} assets ..."):
                found.append(discover.measure(rig, tagged))
        show_ticks(console, found)
        show_provisioning(console, found)
        show_comparison(console, list(compare(rig)))
        _bench_views(console, rig)
        _bench_sizes(console, rig, SIZES)
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
    title = "Provisioning one asset of a first sync, requests by service"
    table = _new_table(title, "of so many", *SERVICES, "processor")
    for each in found:
        requests = (f"{each.of_one(name):.2f}" for name in SERVICES)
        table.add_row(str(each.provisioned), *requests, f"{each.processor_ms_of_one:.1f} ms")
    console.print(table)


def show_comparison(console: Console, found: Sequence[Beside]) -> None:
    """Print how long the app takes beside others; the goal is a ratio of that at most."""
    table = _new_table("The app beside others", "what", "the app", "beside", "which takes", "ratio", "goal, at most")
    for each in found:
        times = _seconds(each.ours_s), each.other, _seconds(each.other_s)
        table.add_row(each.what, *times, f"{each.ratio:.2g}", each.goal)
    console.print(table)


def _seconds(value_s: float) -> str:
    return f"{value_s:.2g} s" if value_s < 10 else f"{value_s:.0f} s"


def show_sizes(console: Console, costs: Sequence[SizedCost]) -> None:
    """Print what acts cost beside many records."""
    columns = ("records", "storage operations", "read", "peak memory", "whole process", "time")
    table = _new_table("Beside many records, with an empty CluedIn", "act", *columns)
    for cost in costs:
        sizes = (_megabytes(size) for size in (cost.read_bytes, cost.peak_bytes, cost.resident_bytes))
        table.add_row(cost.act, f"{cost.records:,}", str(cost.operations), *sizes, f"{cost.took_s:.1f} s")
    console.print(table)
    console.print("[dim]Bytes are those that storage sent, peak memory what Python allocated in the act.[/dim]")


def _bench_sizes(console: Console, rig: Rig, sizes: Sequence[str]) -> None:
    found = list[SizedCost]()
    for size in sizes:
        with console.status(f"Measuring beside {size} records ..."):
            found += _measure_size(rig, size)
    show_sizes(console, found)


def _bench_views(console: Console, rig: Rig) -> None:
    with console.status(f"Showing {VIEWED:,} assets ..."):
        found = list(at_size.measure_views(rig, VIEWED))
    show_views(console, VIEWED, found)


def show_views(console: Console, assets: int, costs: Sequence[ViewCost]) -> None:
    """Print what the views of the dashboard cost."""
    title = f"Views of the dashboard beside {assets:,} assets"
    table = _new_table(title, "view", "storage operations", "read", "page", "time", "processor")
    for cost in costs:
        sizes = (f"{size / 1e3:,.0f} kB" for size in (cost.read_bytes, cost.page_bytes))
        times = (f"{1000 * took_s:.0f} ms" for took_s in (cost.took_s, cost.processor_s))
        table.add_row(cost.view, str(cost.operations), *sizes, *times)
    console.print(table)
    goals = f"Goals: {MOST_OPERATIONS} operations (asserted by tests), {LONGEST_MS} ms."
    console.print(f"[dim]{goals} Medians of some rounds; the tables are in memory, on the same cores.\n")


def _new_table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", header_style="bold")
    for number, column in enumerate(columns):
        table.add_column(column, justify="left" if number == 0 or column in {"", "tick"} else "right")
    return table


def _measure_size(rig: Rig, size: str) -> Iterator[SizedCost]:
    records, in_memory = int(size.removeprefix(IN_MEMORY)), size.startswith(IN_MEMORY)
    if records <= MOST_SYNCED:
        yield from at_size.measure_first_sync(rig, records, in_memory=in_memory)
    yield from at_size.measure(rig, records, in_memory=in_memory)


def _megabytes(size: int | None) -> str:
    return "" if size is None else f"{size / 1e6:,.1f} MB"


def _ratio(value: float, base: float) -> str:
    return f"{value / base:.2g}"


def _span(counts: Sequence[int]) -> str:
    return str(counts[0]) if len(set(counts)) == 1 else f"{min(counts)} to {max(counts)}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
