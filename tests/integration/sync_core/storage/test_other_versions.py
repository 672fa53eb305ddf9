"""Rows that another version of the app wrote: no write takes its columns away, no row stops what is beside it."""

import json
import zlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic import BaseModel, Field

from sync_core.absence.losses import Losses
from sync_core.cluedin.data_set import RecordCounts
from sync_core.cluedin.snapshot import DataSetSummary, GroupSeen, KnownSource, SourceSeen
from sync_core.errors import RejectedError, StateError
from sync_core.jobs.claims import Claim, StoredJob
from sync_core.lineage.webhook.delivery import found_delivery
from sync_core.provisioning.group_store import GroupStore
from sync_core.provisioning.snapshot_store import SnapshotStore
from sync_core.runs.leases import Held, Leases
from sync_core.runs.run import RunKind, RunOutcome, RunRecord
from sync_core.runs.run_store import RunStore
from sync_core.storage.notes import Notes
from sync_core.storage.table import Table
from sync_core.storage.unreadable import Unreadable
from tests.unit.sync_core.builders import (
    NOW,
    make_asset_store,
    make_data_set,
    make_data_set_store,
    make_job,
    make_receipt_store,
    make_record,
)

FOREIGN = {"added_later": "keep me"}
LATER = NOW + timedelta(hours=1)
RECORD = make_record()
DATA_SET = make_data_set(entity_type="/Person")
DELIVERY = found_delivery("a test", DATA_SET.data_set_id, NOW)
RUN = RunRecord(run_id="r1", kind=RunKind.DISCOVER, started_at=NOW)


class Note(BaseModel):
    text: str = ""


Write = Callable[[Table], object]


def change_asset(table: Table) -> None:
    make_asset_store(table).change(RECORD.key, lambda record: record.model_copy(update={"name": "another"}))


def close_asset(table: Table) -> None:
    make_asset_store(table).close(RECORD.key, lambda record: record.model_copy(update={"synced_at": NOW}))


def job_of(table: Table) -> StoredJob:
    stored = make_asset_store(table).jobs.load(RECORD.key)
    assert stored is not None
    return stored


def claim(table: Table) -> Claim:
    stored = job_of(table)
    return make_asset_store(table).jobs.claim(stored, stored.job, "r2", None)


def mark_sent(table: Table) -> None:
    make_asset_store(table).jobs.mark_sent([job_of(table)], NOW)


def put_back(table: Table) -> None:
    claim(table).put_back(lambda job: job.failed("no", "transient", NOW), 4, lambda _: ())


def give_up(table: Table) -> None:
    claim(table).give_up(lambda job: job.given_up("rejected", NOW), lambda _: ())


def replay(table: Table) -> None:
    stored = job_of(table)
    make_asset_store(table).jobs.change(stored, stored.job.replayed(LATER))


def add_asset(table: Table) -> None:
    make_asset_store(table).add([RECORD], NOW)


def add_delivery(table: Table) -> None:
    make_receipt_store(table).receive(DELIVERY)


def save_data_set(table: Table) -> None:
    make_data_set_store(table).save(DATA_SET)


def save_run(table: Table) -> None:
    RunStore(table).save(RUN.model_copy(update={"outcome": RunOutcome.SUCCEEDED, "finished_at": LATER}))


def save_note(table: Table) -> None:
    Notes(table, "cursor").save("all", Note(text="x"))


def bind_source(table: Table) -> None:
    GroupStore(table).bind_source("7", "asset")


@pytest.mark.parametrize(
    ("first", "then", "key"),
    [
        (add_asset, change_asset, f"record:{RECORD.key}"),
        (add_asset, close_asset, f"record:{RECORD.key}"),
        (add_asset, mark_sent, f"job:{RECORD.key}"),
        (add_asset, claim, f"job:{RECORD.key}"),
        (add_asset, put_back, f"job:{RECORD.key}"),
        (add_asset, give_up, f"job:{RECORD.key}"),
        (add_asset, replay, f"job:{RECORD.key}"),
        (add_delivery, add_delivery, f"receipt:{DELIVERY.key}"),
        (save_data_set, save_data_set, f"dataset:{DATA_SET.data_set_id}"),
        (save_run, save_run, ""),
        (save_note, save_note, "all"),
        (bind_source, bind_source, "made:7"),
    ],
)
def test_no_write_takes_away_what_another_version_keeps_in_a_row(
    table: Table, first: Write, then: Write, key: str
) -> None:
    first(table)
    (row,) = [row for row in rows(table) if row["RowKey"] == key or not key]
    table.merge({"PartitionKey": row["PartitionKey"], "RowKey": row["RowKey"], **FOREIGN})

    then(table)

    (after,) = [row for row in rows(table) if row["RowKey"] == key or not key]
    assert after["added_later"] == "keep me"


def rows(table: Table) -> list[dict[str, Any]]:
    return [dict(row) for row in table.rows("PartitionKey ne @none", {"none": "-"})]


def damage(table: Table, partition: str, row_key: str, **columns: object) -> None:
    table.merge({"PartitionKey": partition, "RowKey": row_key, "added_later": "x", **columns})


def test_a_field_that_lost_its_value_has_none_after_a_merge(table: Table) -> None:
    add_asset(table)
    give_up(table)
    stored, jobs = job_of(table), make_asset_store(table).jobs
    jobs.change(stored, stored.job.model_copy(update={"set_aside_at": NOW}))
    replay(table)
    found = job_of(table).job
    assert (found.set_aside_at, found.held_until, found.replayed_at) == (None, None, LATER)


@pytest.mark.parametrize("count", [0, 1, 374, 375, 376, 800])
def test_what_a_longer_text_left_behind_means_nothing(table: Table, count: int) -> None:
    data_sets = make_data_set_store(table)
    keys = [f"customer.key_{number:04}_{'x' * 20}" for number in range(2000)]  # 40 characters each with its quotes
    data_sets.save(make_data_set(entity_type="/Person", keys=keys))
    shorter = make_data_set(entity_type="/Person", keys=keys[:count])

    data_sets.save(shorter)

    assert data_sets.load(shorter.data_set_id) == shorter
    assert [member.keys for member in data_sets.members("/Person")] == [keys[:count]]


def test_a_text_that_fills_its_column_to_the_last_character_comes_back(table: Table) -> None:
    data_sets = make_data_set_store(table)
    for length in (14_999, 15_000, 15_001, 30_000):
        record = make_data_set(reason="x" * length)
        data_sets.save(record)
        assert data_sets.load(record.data_set_id) == record


def test_a_note_that_cannot_be_read_is_as_good_as_none_until_it_is_written_again(table: Table) -> None:
    notes = Notes(table, "cursor")
    damage(table, "cursor", "all", text=7)
    notes.save("other", Note(text="x"))

    assert (notes.load(Note, "all"), notes.load_with_age(Note, "all")) == (None, None)
    assert dict(notes.all(Note)) == {"other": Note(text="x")}
    notes.save("all", Note(text="mine"))
    assert notes.load(Note, "all") == Note(text="mine")


def test_a_run_that_cannot_be_read_is_shown_with_what_its_key_tells(table: Table) -> None:
    runs = RunStore(table)
    save_run(table)
    (row,) = rows(table)
    damage(table, "discover", str(row["RowKey"]), outcome="postponed")

    (found,) = runs.latest(RunKind.DISCOVER, 5)

    assert (found.run_id, found.outcome) == ("r1", RunOutcome.UNREADABLE)
    assert abs(found.started_at - NOW) < timedelta(seconds=1)
    assert "postponed" in found.error


def test_a_run_of_another_kind_of_key_is_shown_too(table: Table) -> None:
    damage(table, "discover", "by-another-rule")
    (found,) = RunStore(table).latest(RunKind.DISCOVER, 5)
    assert found.outcome is RunOutcome.UNREADABLE


def test_a_data_set_that_cannot_be_read_isolates_only_itself(table: Table) -> None:
    data_sets = make_data_set_store(table)
    save_data_set(table)
    damage(table, "datasets", "dataset:another", status="of a newer app")

    assert [found.data_set_id for found in data_sets.after("")] == [DATA_SET.data_set_id]
    (lost,) = [record for _, record in data_sets.each_after("") if isinstance(record, Unreadable)]
    assert "dataset:another" in lost.reason
    with pytest.raises(StateError):
        data_sets.load("another")


def test_a_member_of_an_entity_type_that_cannot_be_read_hides_no_other(table: Table) -> None:
    data_sets = make_data_set_store(table)
    save_data_set(table)
    (row,) = [row for row in rows(table) if row["RowKey"].startswith("type:")]
    damage(table, "datasets", row["RowKey"][:-1] + "f", keys=7)
    assert [member.data_set_id for member in data_sets.members("/Person")] == [DATA_SET.data_set_id]


def test_news_of_a_data_set_that_cannot_be_read_hide_no_other(table: Table) -> None:
    data_sets = make_data_set_store(table)
    table.transact(data_sets.failing(DATA_SET.data_set_id, "no", NOW, announce=True))
    damage(table, "datasets", "news:another", name=7)
    assert [news.data_set_id for news in data_sets.news()] == [DATA_SET.data_set_id]


def test_a_job_that_cannot_be_read_hides_no_other_and_is_overwritten_when_it_is_asked_for(table: Table) -> None:
    add_asset(table)
    give_up(table)
    jobs, other = make_asset_store(table).jobs, make_job("other")
    damage(table, "assets", "job:other", attempts="many", state="dead", due_at="2026-01-01T00:00:00Z")

    assert [job.key for job in jobs.dead()] == [RECORD.key]
    assert [key for key, job in jobs.each_dead() if isinstance(job, Unreadable)] == ["other"]
    with pytest.raises(RejectedError):
        jobs.load("other")
    assert jobs.ask(other, NOW) == other.sent(NOW)
    stored = jobs.load("other")
    assert stored is not None
    assert stored.job == other.sent(NOW)


def test_a_letter_that_cannot_be_read_is_written_anew_when_the_same_message_comes_again(table: Table) -> None:
    jobs, error = make_asset_store(table).jobs, RejectedError("no message", code="unreadable")
    jobs.keep_unreadable("asset-sync", b"?", error, NOW)
    (dead_letter,) = jobs.dead()
    damage(table, "assets", f"job:{dead_letter.key}", kind="of a newer version", added_later="keep me")

    jobs.keep_unreadable("asset-sync", b"?", error, LATER)

    (again,) = jobs.dead()
    assert (again.key, again.payload, again.attempts) == (dead_letter.key, "?", 1)
    row = table.get("assets", f"job:{dead_letter.key}")
    assert row is not None
    assert row.values["added_later"] == "keep me"


def test_a_delivery_that_comes_again_overwrites_a_job_that_cannot_be_read(table: Table) -> None:
    receipts = make_receipt_store(table)
    receipts.receive(DELIVERY)
    damage(table, "datasets", f"job:{DATA_SET.data_set_id}", attempts="many")

    receipt = receipts.receive(DELIVERY.model_copy(update={"received_at": LATER}))

    assert not receipt.is_new
    assert receipt.job is not None
    stored = receipts.jobs.load(DATA_SET.data_set_id)
    assert stored is not None
    assert stored.job == receipt.job


def test_an_owner_that_cannot_be_read_claims_nothing(table: Table) -> None:
    groups = GroupStore(table)
    damage(table, "assets", "own:3")

    assert not groups.claim_group("3", "asset")


def test_a_bucket_of_a_snapshot_that_cannot_be_read_is_as_good_as_empty(table: Table) -> None:
    snapshots = SnapshotStore(table)
    snapshots.save(NOW, 1, [KnownSource("7", "s", "1", "g")])
    assert [source.group_id for source in snapshots.look_up("s") or []] == ["1"]
    (bucket,) = [row["RowKey"] for row in rows(table) if row["RowKey"].startswith("bucket")]
    damage(table, "cluedin-snapshot", bucket, packed_00="not packed", columns=1)

    assert snapshots.look_up("s") == []


def repack(table: Table, kind: str, change: Callable[[Any], Any]) -> None:
    """Let another version have packed the items of a row in its own way."""
    for row in [row for row in rows(table) if row["RowKey"].startswith(kind)]:
        items = [change(item) for item in json.loads(zlib.decompress(row["packed_00"]))]
        packed = zlib.compress(json.dumps(items).encode())
        damage(table, "cluedin-snapshot", row["RowKey"], packed_00=packed, columns=1)


FIELDS = ("source_id", "name", "group_id", "group_name", "versions", "missing_looks", "missing_since")


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda item: [*item, 0, 0.0, "added later"], ["1"]),
        (lambda item: dict(zip(FIELDS, [*item, 0, 0.0], strict=True)) | {"added": "later"}, ["1"]),
        (lambda item: item[:2], []),
        (lambda item: [*item[:4], 7], []),
        (lambda item: [7, *item[1:]], []),
        (lambda item: [*item, 0, 1e300], []),
        (lambda _: None, []),
        (str, []),
    ],
)
def test_a_source_that_another_version_packed_is_read_as_far_as_it_is_known(
    table: Table, change: Callable[[Any], Any], found: list[str]
) -> None:
    snapshots = SnapshotStore(table)
    snapshots.save(NOW, 1, [KnownSource("7", "s", "1", "g")])

    repack(table, "bucket", change)

    assert [source.group_id for source in snapshots.look_up("s") or []] == found
    assert [source.group_id for source in snapshots.known()] == found


def test_a_source_that_cannot_be_read_hides_no_other_of_its_row(table: Table) -> None:
    snapshots = SnapshotStore(table)
    snapshots.save(NOW, 1, [KnownSource("7", "s", "1", "g"), KnownSource("8", "t", "2", "h")])
    repack(table, "bucket", lambda item: item if item[1] == "t" else "of a newer app")
    assert [source.name for source in snapshots.known()] == ["t"]


@pytest.mark.parametrize("buckets", [0, -1])
def test_a_head_that_divides_by_nothing_is_as_good_as_none(table: Table, buckets: int) -> None:
    snapshots = SnapshotStore(table)
    snapshots.save(NOW, 1, [KnownSource("7", "s", "1", "g")])
    damage(table, "cluedin-snapshot", "head", buckets=buckets)
    assert (snapshots.head(), list(snapshots.known())) == (None, [])


SUMMARY = DataSetSummary("d", "data", "", RecordCounts(), "")
SEEN = GroupSeen("1", "g", (SourceSeen("7", "s", "1", "g", (SUMMARY,)),))


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda item: item | {"added": "later"}, [SEEN]),
        (lambda item: item | {"sources": [one | {"added": "later"} for one in item["sources"]]}, [SEEN]),
        (lambda item: item | {"sources": [one | {"data_sets": [{"added": "later"}]} for one in item["sources"]]}, None),
        (lambda item: item | {"sources": {}}, None),
        (lambda item: [*item.values()], None),
        (lambda _: None, None),
    ],
)
def test_a_part_of_a_reading_that_another_version_packed_lacks_nothing_or_does_not_count(
    table: Table, change: Callable[[Any], Any], found: list[GroupSeen] | None
) -> None:
    snapshots = SnapshotStore(table)
    snapshots.save_part(NOW, 1, [SEEN])

    repack(table, "part", change)

    assert snapshots.parts(NOW) == found


def test_a_part_of_a_reading_that_is_damaged_does_not_count(table: Table) -> None:
    snapshots = SnapshotStore(table)
    snapshots.save_part(NOW, 1, [SEEN])
    snapshots.save_part(NOW, 2, [SEEN])
    damage(table, "cluedin-snapshot", next(row["RowKey"] for row in rows(table)), packed_00=b"x")
    assert snapshots.parts(NOW) is None


class Moments(BaseModel):
    """A model with moments in all places."""

    at: datetime | None = None
    each: dict[str, datetime] = Field(default_factory=dict)
    losses: Losses = Losses()


@pytest.mark.parametrize("moment", ["2026-01-01T00:00:00", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"])
@pytest.mark.parametrize("column", ["at", "each", "losses"])
def test_a_moment_that_cannot_be_reckoned_with_makes_its_row_unreadable(table: Table, moment: str, column: str) -> None:
    notes = Notes(table, "cursor")
    notes.save("good", Moments(at=NOW, each={"a": NOW}, losses=Losses().plus(1, NOW)))
    written = {"at": moment, "each": json.dumps({"a": moment})}
    written["losses"] = json.dumps({"lost": [{"at": moment, "assets": 1}]})

    damage(table, "cursor", "bad", **{column: written[column]})

    assert [name for name, _ in notes.all(Moments)] == ["good"]


@pytest.mark.parametrize("columns", [{}, {"ttl_s": "for a while", "owner": "new"}, {"ttl_s": 60, "owner": 5}])
def test_a_lease_that_cannot_be_read_holds_for_as_long_as_our_own_would(
    table: Table, columns: dict[str, object]
) -> None:
    leases = Leases(table)
    damage(table, "lease", "discovery", **columns)

    found = leases.acquire("discovery", "us", 60)

    assert isinstance(found, Held)
    assert 0 < found.remaining_s <= 61
    assert leases.is_held("discovery")
    assert leases.forget_ended_before(NOW.replace(year=2099)) == 1
    assert not leases.is_held("discovery")


def test_a_status_that_this_version_does_not_know_is_counted_as_it_is(table: Table) -> None:
    add_asset(table)
    damage(table, "assets", "record:b", status="archived")
    damage(table, "assets", "record:c")
    assert make_asset_store(table).counts() == {"queued": 1, "archived": 1, "unreadable": 1}
