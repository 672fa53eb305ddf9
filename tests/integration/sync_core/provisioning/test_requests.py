"""What an asset costs on its way into CluedIn: requests, and storage operations."""

from sync_core.assets.record import AssetStatus
from sync_core.ledger import request_ledger
from tests.kit.bench import Bench

OPERATIONS = 8
"""Read its job, its record, the throttle and a bucket of the snapshot; claim, name, group and end: one each."""


def cost(bench: Bench, name: str) -> dict[str, int]:
    key = bench.add_asset(name)
    with request_ledger() as requests:
        bench.deliver(key)
    assert bench.record(key).status is AssetStatus.SYNCED
    return dict(requests)


def test_one_asset_alone_costs_three_requests_and_eight_storage_operations(bench: Bench) -> None:
    cost(bench, "the first one")  # CluedIn is read as a whole, and the author asked for

    requests = cost(bench, "Account.csv")

    assert requests["cluedin"] == 3
    assert requests["storage"] <= OPERATIONS  # the throttle was read a moment ago


def test_a_process_that_has_just_started_asks_who_it_is_beside(bench: Bench, rival: Bench) -> None:
    cost(bench, "the first one")

    assert cost(rival, "Account.csv") == {"cluedin": 5, "storage": OPERATIONS}  # signs in, and asks for the author
