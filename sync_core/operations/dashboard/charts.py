"""Where the bars of small charts stand. The templates turn them into SVG; their words tell the same."""

from collections.abc import Sequence
from dataclasses import dataclass

from sync_core.lineage.processed import Processed
from sync_core.runs.run import RunOutcome, RunRecord
from sync_core.wording import many

HEIGHT, BAR_WIDTH, GAP = 44, 9, 3
LEAST = 1.0  # so that what is more than nothing is seen
STYLES = {RunOutcome.SUCCEEDED: "good", RunOutcome.FAILED: "bad", RunOutcome.RUNNING: "busy"}
Stack = Sequence[tuple[float, str]]  # amounts that stand on each other, each with its style


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a bar, and how it is painted."""

    x: int
    y: float
    height: float
    style: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars from the oldest to the newest, what they show, and the same in words."""

    title: str
    words: str
    width: int
    bars: Sequence[Bar]


def chart_runs(runs: Sequence[RunRecord]) -> list[Chart]:
    """Draw what runs cost: their requests, and how long they took. The newest, which comes first, is drawn last."""
    oldest_first = [run for run in reversed(runs) if run.outcome is not RunOutcome.SKIPPED]
    requests = [(float(sum(run.requests.values())), STYLES.get(run.outcome, "rest")) for run in oldest_first]
    ended = [run for run in oldest_first if run.finished_at]
    seconds = [(_took_s(run), STYLES.get(run.outcome, "rest")) for run in ended]
    return [
        *([_chart("Requests", requests, "{:,.0f}")] if requests else []),
        *([_chart("Seconds", seconds, "{:,.1f}")] if seconds else []),
    ]


def chart_records(history: Sequence[Processed]) -> Chart | None:
    """Draw how many records a data set had, and how many of them were processed well or not."""
    if not history:
        return None
    stacks = [
        (
            (one.successful or 0, "good"),
            (one.failed or 0, "bad"),
            (max(0, (one.total or 0) - (one.successful or 0) - (one.failed or 0)), "rest"),
        )
        for one in history
    ]
    return Chart("Records", _told(history), *_bars(stacks))


def tell_records(one: Processed) -> str:
    """Tell the numbers of a data set."""
    told = {"in all": one.total, "successful": one.successful, "failed": one.failed}
    return ", ".join(f"{count:,} {word}" for word, count in told.items() if count is not None)


def _told(history: Sequence[Processed]) -> str:
    first = f"; since {history[0].at:%Y-%m-%d} it changed {many(len(history) - 1, 'time')}" if len(history) > 1 else ""
    return f"Records: {tell_records(history[-1])}{first}"


def _chart(title: str, amounts: Stack, form: str) -> Chart:
    least, most, last = (form.format(one) for one in (min(amounts)[0], max(amounts)[0], amounts[-1][0]))
    words = f"{title} of the last {many(len(amounts), 'run')}: from {least} to {most}, the last one {last}"
    return Chart(title, words, *_bars([[amount] for amount in amounts]))


def _bars(stacks: Sequence[Stack]) -> tuple[int, list[Bar]]:
    most = max(sum(amount for amount, _ in stack) for stack in stacks) or 1
    bars = list[Bar]()
    for number, stack in enumerate(stacks):
        top = float(HEIGHT)
        for amount, style in stack:
            if amount > 0:
                height = max(LEAST, round(amount / most * HEIGHT, 1))
                top = max(0.0, round(top - height, 1))
                bars.append(Bar(number * (BAR_WIDTH + GAP), top, height, style))
    return len(stacks) * (BAR_WIDTH + GAP), bars


def _took_s(run: RunRecord) -> float:
    return (run.finished_at - run.started_at).total_seconds() if run.finished_at else 0.0
