"""What an exporter would send of a whole sync and back: ids, and nothing that is secret or that people chose."""

import json
from collections.abc import Iterator

import pytest

from local.cluedin.seed import SERVICE_ACCOUNT
from local.stack import TERM
from tests.kit.estate import Estate
from tests.kit.lineage_bench import LineageBench
from tests.kit.telemetry import Heard, hearing
from tests.security.names import NAMES

TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln"  # as somebody's asset may be called
SECRETS = {**NAMES, "token": f"Bearer {TOKEN}", "key": "?code=s33d-function-key-0123456789", "sas": "sig=s33d%2Fsas"}


@pytest.fixture
def heard() -> Iterator[Heard]:
    """What OpenTelemetry's SDK hears during the test."""
    with hearing() as heard:
        yield heard


def test_traces_and_metrics_hold_no_name_that_people_chose_and_no_secret(small_estate: Estate, heard: Heard) -> None:
    for name in SECRETS.values():
        small_estate.act("add_asset", name=name, qualifiedName=f"https://x.example/{name}", terms=[TERM])
    small_estate.sync()
    bench = LineageBench(
        small_estate.app, small_estate.cluedin, small_estate.purview, small_estate.storage, small_estate.clock
    )
    source = small_estate.record_of(SECRETS["token"]).source_id
    bench.deliver(bench.load(source, name=SECRETS["token"], mapping={SECRETS["key"]: "x.y"}, entity_type="/Customer"))
    bench.work()
    small_estate.app.reconcile.run()

    told = heard.text() + repr(heard.points())
    assert heard.spans("data_set job")
    assert [name for name in SECRETS.values() if name in told or json.dumps(name)[1:-1] in told] == []
    assert [
        secret for secret in (TOKEN, "s33d", SERVICE_ACCOUNT.password, "AccountKey", "Bearer") if secret in told
    ] == []


def test_what_fails_is_told_without_what_the_service_said(small_estate: Estate, heard: Heard) -> None:
    small_estate.tick()
    small_estate.cluedin_fault("inbound", status=400, times=None, body=f"no, said s33d, not with Bearer {TOKEN}")
    small_estate.work()

    told = heard.text()
    assert any("error.type" in (span.attributes or {}) for span in heard.spans())
    assert "s33d" not in told
    assert TOKEN not in told
