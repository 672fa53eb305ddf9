"""Jobs on real storage: who holds them, what is due, and that done work stays done."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from sync_core.errors import ConflictError, RejectedError
from sync_core.jobs.claims import CLAIM_S, Claim, StoredJob
from sync_core.jobs.job import TAKEN_UP_WITHIN, Job, JobKind, JobState
from sync_core.jobs.job_store import JobStore
from sync_core.ledger import request_ledger
from sync_core.storage.table import Operation, Table
from tests.unit.sync_core.builders import NOW, make_job

A, B, C = "a", "b", "c"


@pytest.fixture
def jobs(table: Table) -> JobStore:
    return JobStore(table, "things")


def add(jobs: JobStore, *keys: str) -> None:
    for key in keys:
        assert jobs.ask(make_job(key), NOW) is not None


def load(jobs: JobStore, key: str = A) -> StoredJob:
    stored = jobs.load(key)
    assert stored is not None
    return stored


def claim(jobs: JobStore, key: str = A, owner: str = "us") -> Claim:
    stored = load(jobs, key)
    return jobs.claim(stored, stored.job, owner, None)


def due(jobs: JobStore, after: timedelta) -> list[str]:
    return [stored.job.key for stored in jobs.due(NOW + after)]


def nothing(_: Job | None) -> Sequence[Operation]:
    return ()


def test_work_that_was_asked_for_is_sent_at_once_and_due_again_when_nobody_takes_it_up(jobs: JobStore) -> None:
    job = jobs.ask(make_job(A), NOW)
    assert job is not None
    assert (job.sends, job.due_at) == (1, NOW + TAKEN_UP_WITHIN)
    assert due(jobs, TAKEN_UP_WITHIN - timedelta(seconds=1)) == []
    assert due(jobs, TAKEN_UP_WITHIN) == [A]
    assert jobs.has_pending()


def test_nothing_is_outstanding_before_anything_was_asked_for(jobs: JobStore) -> None:
    assert not jobs.has_pending()
    assert (due(jobs, timedelta(days=9)), list(jobs.dead()), jobs.load(A), jobs.count_pending(9)) == ([], [], None, 0)


def test_work_that_is_outstanding_is_asked_for_in_vain(jobs: JobStore) -> None:
    add(jobs, A)
    before = load(jobs)
    assert jobs.ask(make_job(A), NOW) is None
    assert load(jobs).etag == before.etag


def test_a_claim_holds_the_job_in_its_own_row_and_costs_one_operation(jobs: JobStore) -> None:
    add(jobs, A)
    stored = load(jobs)
    with request_ledger() as requests:
        held = jobs.claim(stored, stored.job, "us", None)
    assert requests == {"storage": 1}
    assert load(jobs).is_held
    assert (load(jobs).job, held.run_id) == (held.job, "us")
    assert held.job.held_until is not None
    assert abs((held.job.held_until - load(jobs).now).total_seconds() - CLAIM_S) < 3
    assert due(jobs, timedelta(0)) == []


def test_one_of_two_who_claim_at_once_has_the_job(jobs: JobStore) -> None:
    add(jobs, A)
    seen_by_both = load(jobs)
    jobs.claim(seen_by_both, seen_by_both.job, "us", None)
    with pytest.raises(ConflictError):
        jobs.claim(seen_by_both, seen_by_both.job, "them", None)
    assert load(jobs).job.owner == "us"


def test_a_claim_whose_answer_was_lost_is_ours_all_the_same(jobs: JobStore) -> None:
    add(jobs, A)
    stored = load(jobs)
    jobs.claim(stored, stored.job, "us", None)
    assert jobs.claim(stored, stored.job, "us", None).run_id == "us"


def test_a_claim_ends_by_itself_and_renewing_prolongs_it(jobs: JobStore) -> None:
    add(jobs, A)
    short = replace(jobs, claim_s=-5)
    held = claim(short)
    assert not load(jobs).is_held
    held.renew()
    assert not load(jobs).is_held
    jobs_of_an_hour = replace(jobs, claim_s=3600)
    renewed = claim(jobs_of_an_hour, owner="them")
    assert load(jobs).is_held
    with pytest.raises(ConflictError):
        held.renew()
    renewed.renew_if_older_than(60)  # it is not


def test_whoever_lost_the_job_can_neither_end_nor_put_back_nor_give_up(jobs: JobStore) -> None:
    add(jobs, A)
    lost = claim(replace(jobs, claim_s=-5))
    claim(jobs, owner="them")
    before = load(jobs)
    for end in (
        lost.done,
        lost.renew,
        lambda: lost.put_back(lambda job: job, 5, nothing),
        lambda: lost.give_up(lambda job: job.given_up("rejected", NOW), nothing),
    ):
        with pytest.raises(ConflictError):
            end()
    assert load(jobs).etag == before.etag


def test_done_work_is_gone(jobs: JobStore) -> None:
    add(jobs, A)
    held = claim(jobs)
    held.done()
    assert (jobs.load(A), held.left) == (None, None)
    with pytest.raises(ConflictError):
        held.renew()


def test_what_is_asked_for_while_it_is_done_is_done_once_more(jobs: JobStore) -> None:
    add(jobs, A)
    held = claim(jobs)
    assert jobs.ask(make_job(A), NOW) is None
    held.renew()  # that somebody asked does not take it away
    held.done()
    assert held.left == load(jobs).job
    assert (load(jobs).job.owner, load(jobs).job.held_until, load(jobs).job.sends) == ("", None, 2)
    again = claim(jobs)
    again.done()
    assert jobs.load(A) is None


def test_what_is_asked_for_while_it_is_given_up_is_not(jobs: JobStore) -> None:
    add(jobs, A)
    held = claim(jobs)
    jobs.ask(make_job(A), NOW)
    held.give_up(lambda job: job.failed("no", "rejected", NOW).given_up("rejected", NOW), nothing)
    assert (load(jobs).job.state, load(jobs).job.attempts) == (JobState.PENDING, 0)
    assert held.left == load(jobs).job


def test_work_that_is_put_back_rests_and_is_due_after_its_delay(jobs: JobStore) -> None:
    add(jobs, A)
    held = claim(jobs)
    held.put_back(lambda job: job.failed("no", "transient", NOW).sent(NOW, 300), 60, nothing)
    stored = load(jobs)
    assert held.left == stored.job
    assert (stored.job.owner, stored.job.attempts, stored.job.sends) == ("", 1, 2)
    assert stored.is_held
    assert due(jobs, timedelta(seconds=300)) == []
    assert due(jobs, timedelta(seconds=300) + TAKEN_UP_WITHIN) == [A]


def test_given_up_work_is_a_dead_letter_until_it_is_asked_for_again(jobs: JobStore) -> None:
    add(jobs, A, B)
    claim(jobs).give_up(lambda job: job.failed("no", "rejected", NOW).given_up("rejected", NOW), nothing)
    assert [job.key for job in jobs.dead()] == [A]
    assert jobs.unsettled() == {A}
    assert due(jobs, timedelta(days=9)) == [B]
    assert jobs.count_pending(9) == 1

    job = jobs.ask(make_job(A), NOW)
    assert job is not None
    assert (job.state, job.attempts, job.former_attempts) == (JobState.PENDING, 0, 1)
    assert list(jobs.dead()) == []


def test_what_was_set_aside_is_no_letter(jobs: JobStore) -> None:
    add(jobs, A)
    claim(jobs).give_up(lambda job: job.given_up("rejected", NOW), nothing)
    stored = load(jobs)
    jobs.change(stored, stored.job.model_copy(update={"set_aside_at": NOW}))
    assert list(jobs.dead()) == []
    assert jobs.unsettled() == {A}


def test_messages_are_noted_together_but_not_over_what_others_did_meanwhile(jobs: JobStore) -> None:
    add(jobs, A, B, C)
    stored = list(jobs.due(NOW + TAKEN_UP_WITHIN))
    claim(jobs, B)
    sent = jobs.mark_sent(stored, NOW + TAKEN_UP_WITHIN)
    assert [(job.key, job.sends) for job in sent] == [(A, 2), (C, 2)]
    assert load(jobs, B).job.owner == "us"
    assert due(jobs, TAKEN_UP_WITHIN) == []


def test_a_hundred_messages_are_noted_in_one_transaction(jobs: JobStore) -> None:
    jobs.table.transact([jobs.inserting(make_job(f"{number:03}")) for number in range(100)])
    stored = list(jobs.due(NOW))
    with request_ledger() as requests:
        assert len(jobs.mark_sent(stored, NOW)) == 100
    assert requests == {"storage": 1}
    assert jobs.mark_sent([], NOW) == []


def test_jobs_are_read_from_one_key_to_another(jobs: JobStore) -> None:
    add(jobs, A, B, C)
    assert list(jobs.between(A, B)) == [A, B]


def test_the_same_unreadable_message_is_one_letter(jobs: JobStore) -> None:
    for later in range(3):
        now = NOW + timedelta(hours=later)
        jobs.keep_unreadable("asset-sync", b"\xff?", RejectedError("no message", code="unreadable"), now)
    jobs.keep_unreadable("asset-sync", b"other", RejectedError("no message", code="unreadable"), NOW)
    first, second = sorted(jobs.dead(), key=lambda job: -job.attempts)
    assert (first.kind, first.attempts, first.payload, first.gave_up_at) == (JobKind.UNREADABLE, 3, "\ufffd?", NOW)
    assert (second.attempts, second.queue, second.last_error_class) == (1, "asset-sync", "unreadable")
    assert due(jobs, timedelta(days=9)) == []


def test_a_job_that_changed_is_dropped_with_others_only_if_it_is_there(jobs: JobStore) -> None:
    add(jobs, A)
    jobs.table.transact(jobs.dropping(A))
    assert jobs.dropping(A) == []
    jobs.drop(A)
    assert jobs.load(A) is None
