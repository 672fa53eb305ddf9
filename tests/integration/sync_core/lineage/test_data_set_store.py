"""The data set records on real storage, and which data sets share an entity type."""

import pytest

from sync_core.errors import ConflictError
from sync_core.lineage.data_set_jobs import new_job
from sync_core.lineage.data_set_store import DataSetStore
from sync_core.lineage.record import DataSetRecord, DataSetStatus
from sync_core.storage.table import Table
from tests.unit.sync_core.builders import NOW, make_data_set_store


@pytest.fixture
def data_sets(table: Table) -> DataSetStore:
    return make_data_set_store(table)


def record(data_set_id: str = "d1", **fields: object) -> DataSetRecord:
    known = {"data_set_id": data_set_id, "status": DataSetStatus.PUSHED, "first_seen_at": NOW, "name": "Customers"}
    return DataSetRecord.model_validate({**known, **fields})


def finish(data_sets: DataSetStore, done: DataSetRecord) -> None:
    jobs = data_sets.jobs
    jobs.ask(new_job(done.data_set_id, NOW), NOW)
    stored = jobs.load(done.data_set_id)
    assert stored is not None
    data_sets.finish(done, None, jobs.claim(stored, stored.job, "run-1", None), announce=True)


def members(data_sets: DataSetStore, entity_type: str) -> list[tuple[str, list[str]]]:
    return [(member.data_set_id, member.keys) for member in data_sets.members(entity_type)]


def test_a_record_comes_back_as_it_was(data_sets: DataSetStore) -> None:
    whole = record(
        keys=["user.city", "ключ", "👩‍🔬"],
        former_keys=["/Person\tuser.name"],
        notes=["a 'note'"],
        pushed_requests={"purview": 4},
        pushed_at=NOW,
    )
    assert data_sets.load("d1") is None
    data_sets.save(whole)
    assert data_sets.load("d1") == whole


def test_a_record_may_have_more_columns_than_one_cell_of_a_table_holds(data_sets: DataSetStore) -> None:
    keys = [f"customer.a_rather_long_vocabulary_key_{number}" for number in range(2000)]
    wide = record(entity_type="/Person", keys=keys)
    data_sets.save(wide)
    assert data_sets.load("d1") == wide
    assert members(data_sets, "/Person") == [("d1", keys)]


def test_data_sets_of_one_entity_type_know_of_each_other(data_sets: DataSetStore) -> None:
    data_sets.save(record("d1", entity_type="/Person", keys=["person.name"]))
    data_sets.save(record("d2", entity_type="/Person", keys=["person.mail"]))
    data_sets.save(record("d3", entity_type="/Account"))
    assert members(data_sets, "/Person") == [("d1", ["person.name"]), ("d2", ["person.mail"])]


def test_a_data_set_that_is_mapped_anew_leaves_its_former_entity_type(data_sets: DataSetStore) -> None:
    before = record(entity_type="/Person")
    data_sets.save(before)
    data_sets.save(record(entity_type="/Account"), before)
    assert (members(data_sets, "/Person"), members(data_sets, "/Account")) == ([], [("d1", [])])


def test_records_are_listed_in_pieces_without_a_gap(data_sets: DataSetStore) -> None:
    for data_set_id in ("d3", "d1", "d2"):
        data_sets.save(record(data_set_id, entity_type="/Person"))
    assert [found.data_set_id for found in data_sets.after("")] == ["d1", "d2", "d3"]
    assert [found.data_set_id for found in data_sets.after("d1")] == ["d2", "d3"]


def test_news_are_taken_once(data_sets: DataSetStore) -> None:
    finish(data_sets, record())
    news = data_sets.news()
    assert [(item.data_set_id, item.name) for item in news] == [("d1", "Customers")]
    data_sets.forget_news(news)
    assert data_sets.news() == []
    with pytest.raises(ConflictError):
        data_sets.forget_news(news)


def test_a_data_set_is_recorded_and_its_job_ended_in_one_step(data_sets: DataSetStore) -> None:
    finish(data_sets, record())
    assert data_sets.load("d1") == record()
    assert data_sets.jobs.load("d1") is None


def test_whoever_lost_the_claim_records_nothing(data_sets: DataSetStore) -> None:
    data_sets.jobs.ask(new_job("d1", NOW), NOW)
    stored = data_sets.jobs.load("d1")
    assert stored is not None
    claim = data_sets.jobs.claim(stored, stored.job, "run-1", None)
    data_sets.jobs.drop("d1")
    with pytest.raises(ConflictError):
        data_sets.finish(record(), None, claim, announce=True)
    assert data_sets.load("d1") is None
    assert data_sets.news() == []


def test_a_data_set_that_waits_for_its_next_try_is_recorded_and_a_good_record_is_left_alone(
    data_sets: DataSetStore,
) -> None:
    data_sets.table.transact(data_sets.queuing("d1", NOW))
    waiting = data_sets.load("d1")
    assert waiting is not None
    assert waiting.status is DataSetStatus.QUEUED
    data_sets.save(record())
    assert data_sets.queuing("d1", NOW) == []


def test_a_data_set_that_is_given_up_has_failed_and_is_told(data_sets: DataSetStore) -> None:
    data_sets.table.transact(data_sets.failing("d1", "no", NOW, announce=True))
    failed = data_sets.load("d1")
    assert failed is not None
    assert failed.status is DataSetStatus.FAILED
    assert [(news.name, news.failure) for news in data_sets.news()] == [("d1", "no")]
    data_sets.table.transact(data_sets.queuing("d1", NOW))
    again = data_sets.load("d1")
    assert again is not None
    assert again.status is DataSetStatus.QUEUED
