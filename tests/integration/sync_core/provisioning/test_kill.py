import threading
import time

import pytest

from sync_core.assets.record import AssetStatus
from sync_core.jobs.message import AssetMessage
from tests.kit.bench import NO_PURVIEW, Bench
from tests.kit.nursery import Nursery
from tests.kit.settings import environment_of

pytestmark = pytest.mark.faults

SHORT_CLAIM_S = 1

MORE_THAN_ENOUGH_CALLS = 60


def test_a_worker_killed_before_any_of_its_calls_leaves_no_second_group(
    bench: Bench, nursery: Nursery, cluedin_url: str, storage: str
) -> None:
    settings = environment_of(NO_PURVIEW, cluedin_url, storage)
    names = [f"asset {number:02}" for number in range(1, MORE_THAN_ENOUGH_CALLS)]
    keys = [bench.add_asset(name) for name in names]
    bodies = [AssetMessage.of(key, run_id="run-1").to_json().encode() for key in keys]

    def kill(call: int, body: bytes) -> bool:
        killed = nursery.kill_in_real_time("create_data_source_group", call, settings, body, claim_s=SHORT_CLAIM_S)
        bench.app.leases.table.delete("lease", "cluedin-snapshot")  # a dead one's reading of CluedIn ends by itself
        return killed

    workers = next(call for call, body in enumerate(bodies, start=1) if not kill(call, body))

    time.sleep(SHORT_CLAIM_S + 1)  # the claims of the dead
    for key in keys[:workers]:
        bench.deliver(key)
    assert workers > 10
    assert bench.groups() == [(name, [f"https://lake.example/{name}"]) for name in names[:workers]]
    assert all(bench.record(key).status is AssetStatus.SYNCED for key in keys[:workers])


def read_cluedin_first(bench: Bench) -> None:
    """Else one worker would do it while the other one waits for that by a clock which its own looks move."""
    bench.app.find_group.ensure_read("before")


def test_two_deliveries_at_once_make_one_group(bench: Bench, rival: Bench) -> None:
    keys = [bench.add_asset(f"asset {number}") for number in range(8)]
    read_cluedin_first(bench)
    barrier = threading.Barrier(2)

    def deliver_all(worker: Bench) -> None:
        for key in keys:
            barrier.wait()
            worker.deliver(key)

    threads = [threading.Thread(target=deliver_all, args=(worker,)) for worker in (bench, rival)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert bench.groups() == [(f"asset {number}", [f"https://lake.example/asset {number}"]) for number in range(8)]


def test_same_named_assets_worked_on_at_once_share_nothing(bench: Bench, rival: Bench) -> None:
    pairs = [
        (bench.add_asset("same", f"https://a.example/{n}"), bench.add_asset("same", f"https://b.example/{n}"))
        for n in range(4)
    ]
    read_cluedin_first(bench)

    for pair in pairs:
        threads = [
            threading.Thread(target=worker.deliver, args=(key,))
            for worker, key in zip((bench, rival), pair, strict=True)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    records = [bench.record(key) for pair in pairs for key in pair]
    assert len({record.group_id for record in records}) == len(records) == len(bench.groups())
    assert all(len(sources) == 1 for _, sources in bench.groups())
