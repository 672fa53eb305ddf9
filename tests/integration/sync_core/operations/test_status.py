"""`GET status`: what is synced, what is not, why not, what happened lately; nothing secret."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from local.cluedin.seed import SERVICE_ACCOUNT
from local.stack import TERM
from sync_core.assets.record import AssetStatus
from sync_core.errors import ConfigError
from sync_core.lineage.data_set_jobs import new_job
from sync_core.lineage.record import DataSetRecord, DataSetStatus
from sync_core.notifications.texts import data_sources_created
from tests.kit.bench import CREATE_SOURCE
from tests.kit.estate import ASSIGNMENTS, Estate, NewEstate

REFUSED = {"errors": [{"message": "400: no such type"}], "data": None}


def names(answer: Any) -> list[str]:
    return [item["name"] for item in answer["assets"]["items"]]


def all_pages(estate: Estate, **query: str) -> list[list[str]]:
    """Follow `next` to the end."""
    pages, after = [], ""
    while True:
        answer = estate.status(**query, **({"after": after} if after else {}))
        pages.append(names(answer))
        after = answer["assets"]["next"]
        if not after:
            return pages


def test_an_app_that_never_ran_has_an_empty_status(small_estate: Estate) -> None:
    answer = small_estate.status()

    assert answer["counts"] == dict.fromkeys(AssetStatus, 0)
    assert answer["assets"] == {"items": [], "next": None}
    assert (answer["runs"], answer["deadLetters"], answer["throttles"], answer["notifications"]) == ([], [], [], {})
    assert answer["sync"] is None


def test_each_state_is_counted_and_each_asset_tells_where_it_stands(small_estate: Estate) -> None:
    nameless = small_estate.act("add_asset", name="", qualifiedName="https://lake.example/nameless", terms=[TERM])
    small_estate.act("tag", asset="Products", term=TERM)
    small_estate.cluedin_fault(CREATE_SOURCE, status=200, body=REFUSED, times=2)  # together, and one of them alone
    small_estate.sync()
    small_estate.deliver_again()
    small_estate.act("tag", asset="suppliers.csv", term=TERM)
    small_estate.tick()

    answer = small_estate.status()

    assert answer["counts"] == {"queued": 1, "synced": 2, "rejected": 1, "failed": 1, "retired": 0}
    by_status = {item["status"]: item for item in answer["assets"]["items"]}
    assert by_status["queued"]["name"] == "suppliers.csv"
    assert by_status["rejected"]["reason"].startswith(f"Purview has no name for asset {nameless.guid}")
    assert by_status["failed"]["lastError"] == "CluedIn answered an error to createDataSource: 400: no such type"
    synced = by_status["synced"]
    assert (synced["groupOrigin"], synced["sourceOrigin"]) == ("created", "created")
    assert synced.keys() >= {"groupId", "sourceId", "syncedAt", "syncedRunId", "syncedRequestId", "firstSeenRunId"}


def test_assets_are_filtered_by_state_and_by_what_their_names_contain(small_estate: Estate) -> None:
    small_estate.act("tag", asset="Products", term=TERM)
    small_estate.cluedin_fault(CREATE_SOURCE, status=200, body=REFUSED, times=2)  # together, and one of them alone
    small_estate.sync()
    small_estate.deliver_again()
    (failed,) = names(small_estate.status(state="failed"))
    others = {"Customers", "Orders", "Products"} - {failed}

    assert set(names(small_estate.status(state="synced"))) == others
    assert names(small_estate.status(state="retired")) == []
    assert names(small_estate.status(search="RODUC")) == ["Products"]
    assert len(names(small_estate.status(search="contoso-sql"))) == 3  # in the qualified name
    assert names(small_estate.status(search=small_estate.record_of("Orders").guid)) == ["Orders"]
    assert names(small_estate.status(search="no such name")) == []


def test_pages_follow_each_other_until_there_is_no_next(small_estate: Estate) -> None:
    for number in range(5):
        small_estate.add_asset(f"asset {number}")

    pages = all_pages(small_estate, pageSize="2")
    assert [len(page) for page in pages] == [2, 2, 1]
    assert sorted(name for page in pages for name in page) == [f"asset {number}" for number in range(5)]
    assert all_pages(small_estate, pageSize="1", search="asset 3") == [["asset 3"]]
    assert [len(page) for page in all_pages(small_estate, pageSize="5")] == [5]


@pytest.mark.parametrize(
    ("query", "parameter", "expected"),
    [
        ({"state": "sinking"}, "state", "expected one of queued, synced, rejected, failed, retired"),
        ({"pageSize": "0"}, "pageSize", "expected a number from 1 to 1000"),
        ({"pageSize": "1001"}, "pageSize", "expected a number from 1 to 1000"),
        ({"pageSize": "many"}, "pageSize", "expected a number from 1 to 1000"),
        ({"pageSize": "²"}, "pageSize", "expected a number from 1 to 1000"),
        ({"pageSize": "-1"}, "pageSize", "expected a number from 1 to 1000"),
        ({"after": "'; drop"}, "after", "expected what `next` of an answer said"),
    ],
)
def test_a_wrong_parameter_is_a_problem_that_names_it(
    small_estate: Estate, query: dict[str, str], parameter: str, expected: str
) -> None:
    answer = small_estate.app.status.answer(query)

    assert (answer.status, answer.media_type) == (400, "application/problem+json")
    body = json.loads(answer.body)
    assert (body["title"], body["parameter"]) == ("Bad Request", parameter)
    assert expected in body["detail"]


def test_runs_tell_what_they_did_what_they_cost_and_why_they_failed(new_small_estate: NewEstate) -> None:
    new_small_estate(SYNC_TERM="nonsense").failing_tick(ConfigError)
    estate = new_small_estate()
    estate.clock.advance(60)
    estate.tick()
    estate.clock.advance(60)
    estate.tick()

    idle, first, failed = estate.status()["runs"]

    assert (idle["outcome"], idle["requests"]["purview"]) == ("succeeded", 1)
    assert (first["outcome"], first["counts"]["new"], first["counts"]["queued"]) == ("succeeded", 2, 2)
    assert (failed["outcome"], failed["errorClass"]) == ("failed", "config")
    assert "nonsense" in failed["error"]
    assert all(run["startedAt"] <= run["finishedAt"] for run in (idle, first, failed))


def test_dead_letters_throttles_and_the_toggle_are_shown(small_estate: Estate) -> None:
    small_estate.purview_fault(ASSIGNMENTS, status=429, headers={"Retry-After": "1"})
    small_estate.tick()
    small_estate.app.create_data_source_group.handle(b"not one of ours")

    answer = small_estate.status()

    (dead_letter,) = answer["deadLetters"]
    assert (dead_letter["queue"], dead_letter["causeClass"], dead_letter["payload"]) == (
        "asset-sync",
        "unreadable",
        "not one of ours",
    )
    (throttle,) = answer["throttles"]
    assert (throttle["service"], throttle["retryAfterS"]) == ("purview", 1.0)
    assert answer["pace"] == [
        {"service": "purview", "requestsPerSecond": 25.0, "learned": False},
        {"service": "catalog", "requestsPerSecond": 25.0, "learned": False},
        {"service": "cluedin", "requestsPerSecond": None, "learned": False},
    ]
    assert answer["sync"] == {"enabled": True, "keywords": TERM}


def test_outstanding_work_tells_when_it_is_tried_next(small_estate: Estate) -> None:
    small_estate.tick()
    answer = small_estate.status()
    assert {item["nextTryAt"] for item in answer["assets"]["items"]} == {answer["generatedAt"]}

    small_estate.cluedin_fault(CREATE_SOURCE, status=503, headers={"Retry-After": "20"}, times=1)
    small_estate.work()

    answer = small_estate.status()
    for failed in answer["assets"]["items"]:
        wait = datetime.fromisoformat(failed["nextTryAt"]) - datetime.fromisoformat(answer["generatedAt"])
        assert 15 < wait.total_seconds() <= 25
    small_estate.deliver_again()
    synced = small_estate.status(state="synced")["assets"]["items"]
    assert len(synced) == 2
    assert not any("nextTryAt" in item for item in synced)


def test_a_data_set_with_an_outstanding_job_tells_when_it_is_read_next(small_estate: Estate) -> None:
    data_set_id = "925268ec-8908-44e2-8d0c-d83fe50937d0"
    now = small_estate.clock.now()
    small_estate.app.data_sets.save(
        DataSetRecord(data_set_id=data_set_id, status=DataSetStatus.PUSHED, name="Orders", first_seen_at=now)
    )
    assert "nextTryAt" not in small_estate.status()["dataSets"]["items"][0]

    jobs = small_estate.app.data_set_jobs
    jobs.ask(new_job(data_set_id, now), now)
    answer = small_estate.status()
    assert answer["dataSets"]["items"][0]["nextTryAt"] == answer["generatedAt"]

    stored = jobs.load(data_set_id)
    assert stored is not None
    jobs.change(stored, stored.job.sent(now, 60))
    again_at = small_estate.status()["dataSets"]["items"][0]["nextTryAt"]
    assert datetime.fromisoformat(again_at) == now + timedelta(minutes=1)


def test_data_sets_are_filtered_by_what_their_names_and_their_assets_names_contain(small_estate: Estate) -> None:
    records = {"Orders of May": "mssql://host/dbo/Orders", "Clients": "mssql://host/dbo/Customers"}
    for number, (name, asset) in enumerate(records.items()):
        small_estate.app.data_sets.save(
            DataSetRecord(
                data_set_id=f"925268ec-8908-44e2-8d0c-d83fe509370{number}",
                status=DataSetStatus.PUSHED,
                name=name,
                asset_qualified_name=asset,
                first_seen_at=small_estate.clock.now(),
            )
        )
    for text, expected in (
        ("may", ["Orders of May"]),
        ("dbo/customers", ["Clients"]),
        ("50937", [*records]),
        ("x", []),
    ):
        assert [each["name"] for each in small_estate.status(search=text)["dataSets"]["items"]] == expected


def test_whether_lineage_is_written_is_told(new_small_estate: NewEstate) -> None:
    assert new_small_estate().status()["lineage"] == {"enabled": True}
    assert new_small_estate(LINEAGE_ENABLED="false").status()["lineage"] == {"enabled": False}


def test_nothing_secret_is_in_the_status_whatever_went_wrong(new_small_estate: NewEstate) -> None:
    secrets = {
        "CLUEDIN_PASSWORD": "a-wrong-password",
        "NOTIFY_URLS": "json://127.0.0.1:9/a-channels-token",
        "WEBHOOK_SECRETS": "a-webhook-secret",
    }
    estate = new_small_estate(**secrets)
    estate.sync()
    estate.app.create_data_source_group.handle(b"{}")
    estate.app.notify.tell(data_sources_created(["Orders"]), list)

    shown = json.dumps(estate.status())

    account_key = estate.storage.split("AccountKey=")[1].split(";")[0]
    for secret in (*secrets.values(), "a-channels-token", account_key, SERVICE_ACCOUNT.password):
        assert secret not in shown
    assert "Bearer" not in shown
    assert "did not take the notification" in shown
