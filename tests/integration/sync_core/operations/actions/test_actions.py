"""`POST actions`: what people ask for is done once, and who asked is kept."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.stack import TERM
from sync_core.absence.approval import Approval
from sync_core.absence.retire import APPROVAL
from sync_core.answer import HttpAnswer
from sync_core.app import triggers
from sync_core.assets.record import AssetStatus
from sync_core.errors import RejectedError
from sync_core.jobs.job import JobState
from sync_core.lineage.data_set_jobs import new_job
from sync_core.lineage.data_set_store import new_record
from sync_core.operations.actions.action import Replay, Resync
from sync_core.operations.actions.parse import Person
from sync_core.runs.action_log import ActionRecord
from sync_core.runs.deferred import Kind
from sync_core.runs.run_log import RunLog
from tests.kit.bench import CREATE_SOURCE
from tests.kit.estate import Estate

REFUSED = {"errors": [{"message": "400: no such type"}], "data": None}
NOW = datetime(2026, 11, 30, tzinfo=UTC)
DATA_SET = "9f0c6f4e-3d2a-4a53-9d43-0b2a5c6d7e8f"


def post(estate: Estate, **members: Any) -> HttpAnswer:
    body = json.dumps({"by": "Ada", **members}).encode()
    return estate.app.answer_actions.answer({"Content-Type": "application/json"}, body)


def done(estate: Estate, **members: Any) -> Any:
    answer = post(estate, **members)
    assert answer.status == 200, answer.body
    return json.loads(answer.body)


def refusal(estate: Estate, status: int, **members: Any) -> str:
    """Return why an action was not done."""
    answer = post(estate, **members)
    assert (answer.status, answer.media_type) == (status, "application/problem+json"), answer.body
    return str(json.loads(answer.body)["detail"])


def log(estate: Estate) -> list[ActionRecord]:
    return estate.app.action_log.latest(100)


def give_up_one(estate: Estate) -> str:
    """Let one asset be given up, and return its key."""
    estate.cluedin_fault(CREATE_SOURCE, status=200, body=REFUSED, times=2)  # both together, and one of them alone
    estate.sync()
    estate.deliver_again()
    (dead_letter,) = estate.app.dead_letters.all()
    return dead_letter.id


def state(estate: Estate, key: str) -> JobState | None:
    stored = estate.app.asset_jobs.load(key)
    return stored.job.state if stored else None


def test_a_dead_letter_is_replayed_by_its_id_and_its_work_done(small_estate: Estate) -> None:
    key = give_up_one(small_estate)

    assert done(small_estate, action="replay", id=key) == {"status": "done", "done": 1, "refused": []}
    small_estate.work()

    assert small_estate.record(key).status is AssetStatus.SYNCED


def test_to_replay_twice_makes_one_job(small_estate: Estate) -> None:
    key = give_up_one(small_estate)
    small_estate.clear_queue()

    assert [done(small_estate, action="replay", id=key)["done"] for _ in range(2)] == [1, 0]
    assert done(small_estate, action="replay", all=True)["done"] == 0
    assert len(small_estate.messages()) == 1


@pytest.mark.parametrize("which", [{"all": True}, {"cause": "rejected"}])
def test_dead_letters_are_replayed_together(small_estate: Estate, which: dict[str, Any]) -> None:
    key = give_up_one(small_estate)

    assert done(small_estate, action="replay", cause="config")["done"] == 0
    assert done(small_estate, action="replay", **which)["done"] == 1
    assert state(small_estate, key) is JobState.PENDING


def test_what_there_is_no_time_for_is_counted_and_goes_on(small_estate: Estate) -> None:
    for number in range(3):
        small_estate.app.asset_work.jobs.keep_unreadable("asset-sync", b"%d" % number, _error(), NOW)

    parts = small_estate.app.actions.perform(Replay(all=True), Person("Ada"), lambda: False)

    assert (parts.done, len(parts.refused), parts.left) == (0, 1, 2)
    assert log(small_estate)[0].left == 2


def _error() -> Any:
    from sync_core.errors import RejectedError  # noqa: PLC0415

    return RejectedError("no message", code="unreadable")


def test_a_closed_dead_letter_stays_closed_and_can_be_replayed(small_estate: Estate) -> None:
    key = give_up_one(small_estate)

    assert [done(small_estate, action="close", id=key)["done"] for _ in range(2)] == [1, 0]
    assert small_estate.status()["deadLetters"] == []
    assert done(small_estate, action="replay", id=key)["done"] == 1


@pytest.mark.parametrize("action", ["replay", "close"])
def test_a_dead_letter_that_is_not_there_is_404(small_estate: Estate, action: str) -> None:
    assert "nothing" in refusal(small_estate, 404, action=action, id="nothing")


def test_an_approval_counts_for_its_hours(small_estate: Estate) -> None:
    assert done(small_estate, action="approve", kind="retirement", number=40, hours=2)["done"] == 1

    approval = small_estate.app.approvals.load(Approval, APPROVAL)
    assert approval is not None
    assert (approval.assets, approval.by, approval.used) == (40, "Ada", 0)
    assert approval.expires_at - approval.given_at == timedelta(hours=2)


def test_the_same_approval_sent_twice_allows_no_more_than_one(small_estate: Estate) -> None:
    done(small_estate, action="approve", kind="retirement", number=40)
    given = small_estate.app.approvals.load(Approval, APPROVAL)
    assert given is not None
    used = given.model_copy(update={"used": 30})
    small_estate.app.approvals.save(APPROVAL, used)

    assert done(small_estate, action="approve", kind="retirement", number=40)["done"] == 0
    assert small_estate.app.approvals.load(Approval, APPROVAL) == used

    assert done(small_estate, action="approve", kind="retirement", number=40, hours=48)["done"] == 1
    assert done(small_estate, action="approve", kind="retirement", number=40, hours=0.001)["done"] == 1
    small_estate.clock.advance(10)  # that one's time is over
    assert done(small_estate, action="approve", kind="retirement", number=40, hours=0.001)["done"] == 1
    small_estate.clock.advance(61)
    assert done(small_estate, action="approve", kind="retirement", number=40)["done"] == 1


@pytest.mark.parametrize("name", ["name", "qualified_name", "guid", "key"])
def test_an_asset_is_looked_at_again_by_whatever_names_it(small_estate: Estate, name: str) -> None:
    small_estate.sync()
    before = small_estate.record_of("Orders")

    assert done(small_estate, action="resync", asset=getattr(before, name))["done"] == 1
    assert small_estate.record(before.key).status is AssetStatus.QUEUED
    small_estate.work()

    after = small_estate.record(before.key)
    assert (after.status, after.group_id, after.source_id) == (AssetStatus.SYNCED, before.group_id, before.source_id)
    assert after.queued_run_id == log(small_estate)[0].id
    assert state(small_estate, before.key) is None


def test_a_look_at_what_stands_does_not_rewrite_how_it_came_there(small_estate: Estate) -> None:
    small_estate.sync()
    before = small_estate.record_of("Orders")
    small_estate.app.assets.change(before.key, lambda one: one.model_copy(update={"name": "Renamed"}))
    small_estate.clock.advance(3600)

    done(small_estate, action="resync", asset=before.guid)
    small_estate.work()

    after = small_estate.record(before.key)
    assert after.queued_run_id != before.queued_run_id
    kept = {"source_origin", "group_origin", "group_at", "source_name"}
    kept |= {name for name in type(before).model_fields if name.startswith("synced_")}
    assert after.model_dump(include=kept) == before.model_dump(include=kept)
    assert after.is_renamed  # its group has the name of before


@pytest.mark.parametrize(
    "address",
    [
        "https://web.purview.azure.com/resource/contoso/main/catalog/entity?section=overview&guid={}",
        "https://purview.microsoft.com/datamap/governance/main/catalog/entity?guid={}&feature.tenant=x",
    ],
)
def test_an_asset_is_named_by_its_address_in_either_portal(small_estate: Estate, address: str) -> None:
    small_estate.sync()
    orders = small_estate.record_of("Orders")
    asset = address.format(orders.guid.upper())
    assert done(small_estate, action="resync", asset=asset)["done"] == 1
    assert small_estate.app.bundle.read(asset)["about"] == orders.guid


def test_to_resync_twice_makes_one_job_and_one_group(small_estate: Estate) -> None:
    small_estate.sync()
    groups = dict(small_estate.cluedin.store.data_source_sets)

    assert [done(small_estate, action="resync", asset="Orders")["done"] for _ in range(2)] == [1, 1]
    assert len(small_estate.messages()) == 1
    small_estate.work()

    assert small_estate.cluedin.store.data_source_sets == groups


def test_of_several_assets_of_one_name_one_must_be_named(small_estate: Estate) -> None:
    twin = small_estate.act("add_asset", name="Orders", qualifiedName="https://lake.example/orders", terms=[TERM])
    small_estate.sync()

    why = refusal(small_estate, 409, action="resync", asset="Orders")

    assert twin.guid in why
    assert done(small_estate, action="resync", asset=twin.guid)["done"] == 1
    with pytest.raises(RejectedError, match=twin.guid) as refused:
        small_estate.app.bundle.read("Orders")
    assert refused.value.code == "bundle"


def test_an_asset_that_nobody_knows_is_404(small_estate: Estate) -> None:
    small_estate.sync()
    assert "O'Hara" in refusal(small_estate, 404, action="resync", asset="O'Hara or 1 eq 1")
    refusal(small_estate, 404, action="resync", asset="0b6c6a1e-6c2f-4a52-8a36-5a3f0f7c1d11")


def test_an_asset_that_has_lost_its_term_or_its_name_is_not_brought_back(small_estate: Estate) -> None:
    small_estate.act("add_asset", name="", qualifiedName="https://lake.example/nameless", terms=[TERM])
    small_estate.sync()
    key = small_estate.record_of("Orders").key
    small_estate.app.assets.change(key, lambda one: one.model_copy(update={"status": AssetStatus.RETIRED}))

    assert "its term" in refusal(small_estate, 409, action="resync", asset="Orders")
    assert "Purview has no name" in refusal(small_estate, 409, action="resync", asset="https://lake.example/nameless")
    assert small_estate.messages() == []


FORBIDDEN = {"errorCode": "ATLAS-403-00-001", "errorMessage": "no role"}


def test_what_purview_hid_is_asked_for_at_once_and_taken_by_the_next_tick(small_estate: Estate) -> None:
    estate = small_estate
    asset = estate.act("add_asset", name="Hidden", qualifiedName="https://lake.example/hidden", terms=[TERM])
    fault = estate.unreadable(asset.guid, status=403, body=FORBIDDEN)
    estate.sync()
    before = estate.app.deferred.find(Kind.ASSET, asset.guid)

    assert "no role" in refusal(estate, 409, action="resync", asset=asset.guid)
    assert estate.app.deferred.find(Kind.ASSET, asset.guid) == before is not None
    with pytest.raises(RejectedError, match=r"cannot be asked .* now\. It did not answer in time"):
        estate.app.actions.perform(Resync(asset=asset.guid), Person("Ada"), lambda: False)
    estate.purview.faults.clear(fault)
    assert done(estate, action="resync", asset=asset.guid)["refused"] == []
    estate.sync()

    assert estate.record_of("Hidden").status is AssetStatus.SYNCED
    assert estate.app.deferred.find(Kind.ASSET, asset.guid) is None


def reject_one(estate: Estate) -> Any:
    """Let one asset be rejected as it has no qualified name, and give it one, which changes no list."""
    asset = estate.act("add_asset", name="Mended", qualifiedName=" ", terms=[TERM])
    estate.sync()
    assert "no qualified name" in refusal(estate, 409, action="resync", asset=asset.guid)
    estate.purview.catalog.set_attributes(asset, asset.attributes | {"qualifiedName": "https://lake.example/mended"})
    return asset


@pytest.mark.parametrize("term", [TERM, "*"])
def test_what_was_mended_in_purview_is_synced_without_waiting_for_its_hour(
    new_small_estate: Callable[..., Estate], term: str
) -> None:
    estate = new_small_estate(SYNC_TERM=term)
    asset = reject_one(estate)

    assert done(estate, action="resync", asset=asset.guid)["done"] == 1
    estate.clock.advance(60)
    estate.sync()

    assert estate.record_of("Mended").status is AssetStatus.SYNCED


def test_what_was_mended_and_lost_its_term_is_not_brought_into_cluedin(small_estate: Estate) -> None:
    asset = reject_one(small_estate)
    small_estate.act("untag", asset=asset.guid, term=TERM)

    done(small_estate, action="resync", asset=asset.guid)
    small_estate.sync()

    assert "Mended" not in [one.name for one in small_estate.records()]


def test_what_was_rejected_and_is_gone_from_purview_waits_for_nobody_any_more(
    new_small_estate: Callable[..., Estate],
) -> None:
    estate = new_small_estate(SYNC_TERM="*")
    asset = reject_one(estate)
    estate.act("delete", asset=asset.guid)
    estate.sync()
    assert estate.record_of("Mended").status is AssetStatus.REJECTED

    done(estate, action="resync", asset=asset.guid)

    assert "Mended" not in [one.name for one in estate.records()]


def test_a_synced_asset_that_purview_hides_is_looked_for_in_cluedin_all_the_same(small_estate: Estate) -> None:
    small_estate.sync()
    orders = small_estate.record_of("Orders")
    small_estate.unreadable(orders.guid, status=403, body=FORBIDDEN)
    small_estate.clock.advance(25 * 3600)
    small_estate.sync()

    answer = done(small_estate, action="resync", asset="Orders")

    assert (answer["done"], len(answer["refused"])) == (1, 1)
    assert "no role" in answer["refused"][0]
    assert small_estate.record(orders.key).status is AssetStatus.QUEUED


def test_while_the_sync_is_off_no_asset_waits_for_it(new_small_estate: Callable[..., Estate]) -> None:
    new_small_estate().sync()
    estate = new_small_estate(SYNC_ENABLED="false", LINEAGE_ENABLED="false")
    estate.app.data_sets.save(new_record(DATA_SET, NOW))

    assert "switched off" in refusal(estate, 409, action="resync", asset="Orders")
    assert "LINEAGE_ENABLED" in refusal(estate, 409, action="resync", dataSet=DATA_SET)
    assert estate.record_of("Orders").status is AssetStatus.SYNCED


def test_the_lineage_of_a_data_set_is_asked_for_once_more(small_estate: Estate) -> None:
    small_estate.app.data_sets.save(new_record(DATA_SET, NOW))

    assert [done(small_estate, action="resync", dataSet=DATA_SET.upper())["done"] for _ in range(2)] == [1, 1]

    stored = small_estate.app.data_set_jobs.load(DATA_SET)
    assert stored is not None
    assert (stored.job.state, stored.job.sends, stored.job.is_hint) == (JobState.PENDING, 1, False)


def test_a_data_set_that_was_only_hinted_at_is_read_in_any_case(small_estate: Estate) -> None:
    small_estate.app.data_set_jobs.ask(new_job(DATA_SET, NOW, is_hint=True), NOW)
    done(small_estate, action="resync", dataSet=DATA_SET)

    stored = small_estate.app.data_set_jobs.load(DATA_SET)
    assert stored is not None
    assert not stored.job.is_hint


def test_a_data_set_that_nobody_knows_is_404(small_estate: Estate) -> None:
    assert DATA_SET in refusal(small_estate, 404, action="resync", dataSet=DATA_SET)
    assert small_estate.app.data_set_jobs.load(DATA_SET) is None


def test_who_did_what_and_when_is_shown_newest_first(small_estate: Estate) -> None:
    key = give_up_one(small_estate)
    done(small_estate, action="close", id=key)
    small_estate.clock.advance(1)
    refusal(small_estate, 404, action="replay", id="nothing", by="Grace\u202e")

    last, first = small_estate.status()["actions"]

    assert (first["by"], first["action"], first["target"], first["outcome"]) == ("Ada", "close", f"id {key}", "done")
    assert (last["by"], last["outcome"], last["done"]) == ("Grace\\u202e", "refused", 0)
    assert "nothing" in last["reasons"][0]
    assert datetime.fromisoformat(last["at"]) - datetime.fromisoformat(first["at"]) >= timedelta(seconds=1)


def test_what_is_wrong_is_neither_done_nor_kept(small_estate: Estate) -> None:
    assert json.loads(post(small_estate, action="replay").body)["field"] == "id"
    assert json.loads(post(small_estate, action="close", id="a", by="").body)["field"] == "by"
    assert log(small_estate) == []


@pytest.mark.parametrize(
    ("media_type", "body", "status"),
    [
        ("application/json", b" " * 65_537, 413),
        ("text/plain", b'{"action": "replay", "all": true, "by": "Ada"}', 415),
        ("application/x-www-form-urlencoded", b"action=replay&all=true&by=Ada", 415),
        ("", b"{}", 415),
    ],
)
def test_other_bodies_are_refused_as_by_the_webhook(
    small_estate: Estate, media_type: str, body: bytes, status: int
) -> None:
    answer = small_estate.app.answer_actions.answer({"content-type": media_type}, body)
    assert (answer.status, answer.media_type) == (status, "application/problem+json")


def test_while_storage_is_away_whoever_asks_must_ask_again(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {
        "PURVIEW_ENDPOINT": "http://127.0.0.1:9",
        "PURVIEW_COLLECTION": "abc123",
        "CLUEDIN_URL": "http://acme.localhost:9",
        "CLUEDIN_ACCESS_TOKEN": "given",
        "SYNC_TERM": "*",
        "AzureWebJobsStorage": "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=a2V5;"
        "TableEndpoint=http://127.0.0.1:9/a;QueueEndpoint=http://127.0.0.1:9/a;",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    triggers.this_process.cache_clear()

    answer = triggers.actions({"content-type": "application/json"}, b'{"action": "close", "id": "a", "by": "Ada"}')

    triggers.this_process.cache_clear()
    assert (answer.status, answer.headers["Retry-After"]) == (503, "10")


def test_old_actions_are_dropped_by_reconcile_and_young_ones_are_kept(small_estate: Estate) -> None:
    now = small_estate.app.runtime.now()
    for number, age in enumerate((timedelta(days=31), timedelta(days=29))):
        small_estate.app.action_log.save(ActionRecord(id=f"{number}", at=now - age, by="Ada", action="replay"))
    run = RunLog("run", now)

    small_estate.app.heal.tidy(run)

    assert [one.id for one in log(small_estate)] == ["1"]
    assert run.counts["actions_dropped"] == 1
