import subprocess
import sys
import threading
import time
from collections.abc import Sequence

from sync_core.assets.record import AssetStatus
from tests.integration.sync_core.bench import Bench
from tests.integration.sync_core.provisioning.mortal_worker import SHORT_CLAIM_S

MORE_THAN_ENOUGH_CALLS = 60


def kill_workers(keys: Sequence[str], cluedin_url: str, storage: str) -> int:
    """Let workers die, each one call later than the one before; return how many it took until one lived."""
    module = "tests.integration.sync_core.provisioning.mortal_worker"
    command = [sys.executable, "-m", module, cluedin_url, storage, *keys]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def test_a_worker_killed_before_any_of_its_calls_leaves_no_second_group(
    bench: Bench, cluedin_url: str, storage: str
) -> None:
    names = [f"asset {number:02}" for number in range(1, MORE_THAN_ENOUGH_CALLS)]
    keys = [bench.add_asset(name) for name in names]

    workers = kill_workers(keys, cluedin_url, storage)

    time.sleep(SHORT_CLAIM_S + 1)  # the claims of the dead
    bench.app.leases.table.delete("lease", "cluedin-snapshot")  # and their reading of CluedIn
    for key in keys[:workers]:
        bench.deliver(key)
    assert workers > 10
    assert bench.groups() == [(name, [f"https://lake.example/{name}"]) for name in names[:workers]]
    assert all(bench.record(key).status is AssetStatus.SYNCED for key in keys[:workers])


def test_two_deliveries_at_once_make_one_group(bench: Bench, rival: Bench) -> None:
    keys = [bench.add_asset(f"asset {number}") for number in range(8)]
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
