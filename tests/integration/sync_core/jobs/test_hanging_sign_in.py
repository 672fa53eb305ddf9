"""CluedIn's token endpoint accepts and never answers while many messages of one instance want to sign in."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from sync_core.assets.record import AssetStatus
from sync_core.http import client as http
from tests.kit.bench import Bench
from tests.kit.scripted import operations

MESSAGES = 10
SIGN_IN = "auth.token"


def test_ten_messages_wait_for_one_sign_in_and_none_of_them_uses_up_an_attempt(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "READ_TIMEOUT_S", 0.5)
    keys = [bench.add_asset(f"{number}.csv") for number in range(MESSAGES)]
    bench.cluedin_fault(SIGN_IN, times=None, delay_s=2)

    with ThreadPoolExecutor(MESSAGES) as pool:
        list(pool.map(bench.deliver, keys))
    for key in keys:
        bench.deliver(key)

    assert bench.app.pauses.wait_s("cluedin") > 0
    assert {(bench.record(key).status, bench.record(key).attempts) for key in keys} == {(AssetStatus.QUEUED, 0)}
    assert operations(bench.cluedin) == [SIGN_IN]
