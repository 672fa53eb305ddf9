"""What becomes of a job when it fails, kills its worker, is given up, replayed or asked for again."""

from datetime import timedelta

from sync_core.jobs.dead_letter import to_dead_letter
from sync_core.jobs.job import DIED, TAKEN_UP_WITHIN, JobKind, JobState
from tests.unit.sync_core.builders import NOW, make_dead_job, make_job

LATER = NOW + timedelta(hours=1)


def test_a_message_is_numbered_and_its_job_due_again_after_its_delay() -> None:
    sent = make_job().sent(NOW, 30)
    assert (sent.sends, sent.due_at) == (1, NOW + timedelta(seconds=30) + TAKEN_UP_WITHIN)


def test_a_failure_counts_and_ends_what_was_throttled() -> None:
    failed = make_job().throttled("slower", "throttled", NOW).failed("down", "transient", LATER)
    assert (failed.attempts, failed.last_error, failed.last_error_at) == (1, "down", LATER)
    assert failed.throttled_since is None


def test_a_throttle_and_what_does_not_show_count_no_attempt_and_keep_their_first_time() -> None:
    job = make_job().throttled("slower", "throttled", NOW).throttled("slower", "throttled", LATER)
    assert (job.attempts, job.throttled_since, job.last_error_at) == (0, NOW, LATER)
    job = make_job().unseen("not there", "transient", NOW).unseen("not there", "transient", LATER)
    assert (job.attempts, job.unseen_since) == (0, NOW)


def test_a_death_is_a_failed_attempt_that_makes_the_job_suspect() -> None:
    held = make_job(owner="dead", held_until=NOW)
    assert not held.is_suspect
    after = held.after_death(LATER)
    assert (after.owner, after.held_until, after.deaths, after.attempts) == ("", None, 1, 1)
    assert (after.last_error_class, after.is_suspect) == (DIED, True)


def test_a_dead_job_keeps_when_it_died_first_and_counts_on_over_replays() -> None:
    again = make_dead_job().replayed(LATER).failed("no", "rejected", LATER).given_up("rejected", LATER)
    dead_letter = to_dead_letter(again)
    assert (dead_letter.first_seen_at, dead_letter.last_seen_at, dead_letter.attempts, dead_letter.replays) == (
        NOW,
        LATER,
        2,
        1,
    )
    assert again.attempts == 1


def test_a_replay_has_all_its_attempts_again_but_what_killed_its_worker_stays_suspect() -> None:
    killer = make_job(deaths=5, attempts=5, set_aside_at=NOW).given_up(DIED, NOW).replayed(LATER)
    assert (killer.state, killer.attempts, killer.deaths, killer.set_aside_at) == (JobState.PENDING, 0, 1, None)
    assert make_dead_job().replayed(LATER).deaths == 0


def test_asking_for_outstanding_work_is_noted_and_for_dead_work_begins_anew() -> None:
    pending = make_job(attempts=3).asked_again(LATER)
    assert (pending.is_asked_again, pending.attempts, pending.asked_at) == (True, 3, LATER)
    anew = make_dead_job(replays=2).asked_again(LATER, "run-9")
    assert (anew.state, anew.attempts, anew.asked_at, anew.run_id) == (JobState.PENDING, 0, LATER, "run-9")


def test_a_letter_shows_the_message_of_its_job_or_the_one_that_cannot_be_read() -> None:
    assert '"assets"' in to_dead_letter(make_dead_job()).payload
    strange = make_dead_job("unreadable-1", kind=JobKind.UNREADABLE, payload="?", queue="lineage-sync")
    assert (to_dead_letter(strange).payload, to_dead_letter(strange).queue) == ("?", "lineage-sync")


def test_an_endless_error_is_cut() -> None:
    assert len(make_job().failed("x" * 9999, "transient", NOW).last_error) == 4000
