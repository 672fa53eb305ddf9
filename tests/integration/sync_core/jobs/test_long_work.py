"""A worker keeps its claim while a service makes it wait, and ends in its own time whatever its work forgets."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from sync_core.assets.record import AssetStatus
from sync_core.cluedin.lists import PagedList
from sync_core.cluedin.wire import DataSourceSet
from sync_core.jobs import hold
from tests.kit.bench import LIST_GROUPS, Bench


def test_a_claim_is_renewed_before_each_try_of_a_call(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hold, "HOLD_S", 0.5)
    key = bench.add_asset()
    bench.deliver(bench.add_asset("first.csv"))
    bench.cluedin_fault(LIST_GROUPS, times=2, status=503, headers={"Retry-After": "1"})
    held: list[datetime] = []
    jobs, began = bench.app.asset_jobs, datetime.now(UTC)

    def note(seconds: float) -> None:
        time.sleep(seconds)
        stored = jobs.load(key)
        assert stored is not None
        assert stored.job.held_until is not None
        held.append(stored.job.held_until)

    object.__setattr__(bench.app.cluedin.http, "sleep", note)
    bench.deliver(key)

    assert bench.record(key).status is AssetStatus.SYNCED
    assert held[1] > held[0] > began + timedelta(seconds=50)


def test_work_that_does_not_end_is_ended_and_counts_as_an_attempt(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hold, "WORK_S", 0.1)
    key, fetch = bench.add_asset(), bench.app.cluedin.fetch_groups
    bench.add_foreign_group("others")

    def search_for_long(text: str) -> PagedList[DataSourceSet]:
        for _ in range(300):
            assert list(fetch(text))
        return fetch(text)

    object.__setattr__(bench.app.cluedin, "fetch_groups", lambda _text: search_for_long(""))
    bench.deliver(key)

    told = bench.record(key)
    assert (told.status, told.attempts) == (AssetStatus.QUEUED, 1)
    assert "takes longer than" in told.last_error
