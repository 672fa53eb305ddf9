"""Small charts: where their bars stand, and what they say."""

from datetime import timedelta

from sync_core.lineage.processed import Processed
from sync_core.operations.dashboard.charts import HEIGHT, chart_records, chart_runs
from sync_core.runs.run import RunOutcome
from tests.unit.sync_core.builders import NOW, make_run


def test_runs_are_drawn_from_the_oldest_to_the_newest_by_requests_and_seconds() -> None:
    old = make_run(started_at=NOW - timedelta(seconds=90), finished_at=NOW - timedelta(seconds=60), requests={"a": 1})
    new = make_run(started_at=NOW - timedelta(seconds=2), outcome=RunOutcome.FAILED, requests={"a": 1, "b": 3})
    requests, seconds = chart_runs([new, old])
    assert [(bar.height, bar.style) for bar in requests.bars] == [(HEIGHT / 4, "good"), (HEIGHT, "bad")]
    assert [bar.height for bar in seconds.bars] == [HEIGHT, 2.9]
    assert requests.words == "Requests of the last 2 runs: from 1 to 4, the last one 4"
    assert seconds.words == "Seconds of the last 2 runs: from 2.0 to 30.0, the last one 2.0"


def test_a_run_that_has_not_ended_and_one_that_was_skipped_have_no_duration() -> None:
    running = make_run(finished_at=None, outcome=RunOutcome.RUNNING, requests={})
    skipped = make_run(outcome=RunOutcome.SKIPPED)
    (requests,) = chart_runs([running, skipped])
    assert (requests.bars, requests.words) == ([], "Requests of the last 1 run: from 0 to 0, the last one 0")
    assert chart_runs([]) == chart_runs([skipped]) == []


def test_records_are_drawn_by_how_they_ended() -> None:
    first = Processed(at=NOW - timedelta(days=1), total=50)
    last = Processed(at=NOW, total=1000, successful=900, failed=60)
    chart = chart_records([first, last])
    assert chart
    assert [(bar.height, bar.style) for bar in chart.bars] == [
        (2.2, "rest"),
        (39.6, "good"),
        (2.6, "bad"),
        (1.8, "rest"),
    ]
    assert all(bar.y >= 0 and bar.y + bar.height <= HEIGHT + 0.1 for bar in chart.bars)
    assert chart.words == "Records: 1,000 in all, 900 successful, 60 failed; since 2026-03-03 it changed 1 time"
    assert chart_records([]) is None


def test_numbers_that_do_not_fit_together_are_drawn_all_the_same() -> None:
    for odd in (Processed(at=NOW, total=0), Processed(at=NOW, successful=5), Processed(at=NOW, total=1, failed=7)):
        chart = chart_records([odd])
        assert chart
        assert all(bar.height > 0 for bar in chart.bars)
