"""Works off one message: claim the job that it names, do it, and see to it that a failure is put back or given up.

The same for all kinds of work. Putting work back and counting its attempts is ours to do: the host's own retries have
no back-off and end after five.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sync_core.each_request import before_each_request
from sync_core.errors import (
    ConfigError,
    ConflictError,
    RejectedError,
    SyncError,
    TransientError,
    UnforeseenError,
)
from sync_core.jobs.backoff import rest_s
from sync_core.jobs.claims import CLAIM_S, Claim, StoredJob
from sync_core.jobs.go_together import GoTogether, Team
from sync_core.jobs.hold import holding
from sync_core.jobs.job import DIED, MAX_DEATHS, Job, JobState
from sync_core.jobs.job_store import JobStore
from sync_core.jobs.message import AssetMessage, Message, is_outdated, message_of
from sync_core.jobs.told_work import JobOutcome, count_ended, told_job, told_message
from sync_core.jobs.verdict import GiveUp, Later, Why, judge
from sync_core.logs import get_logger
from sync_core.runs.leases import Held, Lease, Leases
from sync_core.runs.pauses import Pauses
from sync_core.runtime import Runtime
from sync_core.storage.queues import WorkQueue
from sync_core.storage.table import Operation
from sync_core.telemetry.spans import Attribute, Span

logger = get_logger(__name__)

SUSPECTS = "suspects"
SUSPECT_DELAY_S = 5.0  # a suspect is done in seconds, or has killed its worker
SUSPECT_SPREAD_S = 20.0
ONE_BY_ONE_S = 60.0


class Work(Protocol):
    """One kind of work."""

    @property
    def jobs(self) -> JobStore:
        """Where its jobs are."""

    @property
    def queue(self) -> WorkQueue:
        """Where its messages are."""

    @property
    def services(self) -> Sequence[str]:
        """Whom it needs: while one of them wants to be left alone, nothing is begun."""

    def is_on(self) -> bool:
        """Whether a person wants it done now; else it waits."""

    def read(self, body: bytes) -> Message:
        """Read a message.

        Raises:
            RejectedError: it is none of this kind.
        """

    def do(self, claim: Claim) -> None:
        """Do what the claimed job asks for, and end it together with the last change of its record."""

    def subject(self, key: str) -> str:
        """Return what people call the thing that a job is about."""

    def failing(self, job: Job, *, is_news: bool) -> list[Operation]:
        """Return what changes beside a job that failed or is given up; `is_news` says whether to tell people."""

    def requeuing(self, job: Job) -> list[Operation]:
        """Return what changes beside a job that was given up and is replayed."""

    def when_done(self) -> None:
        """Tell people, if that was the last."""


@dataclass(frozen=True)
class Worker:
    """The worker of one kind of work.

    `team` does several jobs together. `kept` holds the claims that this process could not give back, by their owner and
    the job's key: what it failed of.
    """

    work: Work
    leases: Leases
    pauses: Pauses
    runtime: Runtime
    team: Team | None = None
    kept: dict[tuple[str, str], SyncError] = field(default_factory=dict)

    def handle(self, body: bytes) -> None:
        """Work off one message. Delivered twice, out of order, or at once with others, it does the work once.

        Raises:
            TransientError, ConfigError: storage failed; the next tick wakes the job.
            Exception: what nobody foresaw, after it was recorded.
        """
        self.give_back()
        try:
            message = self.work.read(body)
        except RejectedError as error:
            self._keep_unreadable(body, error)
            return
        with told_message(self.work.queue.name, message):
            self._work_off_all(message)

    def _work_off_all(self, message: Message) -> None:
        handled: set[str] = set()
        if self.team is not None and isinstance(message, AssetMessage):
            handled = GoTogether(self, self.team).work_off(message.assets)
        self._one_by_one(message, [key for key in message.sends if key not in handled])

    def _one_by_one(self, message: Message, keys: Sequence[str]) -> None:
        """Work off jobs while there is time; the others come again with messages of their own."""
        ends_at = self.runtime.monotonic() + ONE_BY_ONE_S
        unforeseen: Exception | None = None
        for number, key in enumerate(keys):
            try:
                if number and self.runtime.monotonic() >= ends_at:
                    self._send_again(key)
                else:
                    self._work_off(key, message)
            except SyncError:
                raise
            except Exception as error:  # noqa: BLE001  # recorded; a bug met in one must not stop the others
                unforeseen = error
        if unforeseen is not None:
            raise unforeseen

    def _work_off(self, key: str, message: Message) -> None:
        try:
            stored = self.work.jobs.load(key)
        except RejectedError as error:
            self._keep_unreadable(message.only(key).to_json().encode(), error)
            return
        if stored is None:
            self.work.when_done()  # the worker that did it may have died before
        elif self.is_wanted(message.sends[key], stored):
            self._begin(stored)
        else:
            logger.info("Job %s is not to be done now; dropping its message", key)

    def _send_again(self, key: str) -> None:
        with suppress(RejectedError):
            stored = self.work.jobs.load(key)
            if stored is not None and self.is_wanted(0, stored):
                self._put_off(stored, stored.job, 0)

    def _keep_unreadable(self, body: bytes, error: RejectedError) -> None:
        self.work.jobs.keep_unreadable(self.work.queue.name, body, error, self.runtime.now())
        logger.error("A message of %s is dropped, %s: %s", self.work.queue.name, error.code, error)

    def give_back(self) -> None:
        """Put back the work at whose end storage failed: that was a failed attempt, and nobody died in it.

        Raises:
            TransientError, ConfigError: storage fails still.
        """
        for owner, key in list(self.kept):
            error = self.kept.pop((owner, key), None)
            if error is not None:  # another thread does it
                self._give_back(owner, key, error)

    def _give_back(self, owner: str, key: str, error: SyncError) -> None:
        with self.remembering(owner, [key], error), suppress(RejectedError):
            stored = self.work.jobs.load(key)
            if stored is not None and stored.job.owner == owner:
                self.fail(Claim(self.work.jobs, stored, None), error)

    @contextmanager
    def remembering(self, owner: str, keys: Sequence[str], failure: SyncError | None = None) -> Iterator[None]:
        """Remember claims that storage keeps: who takes one over cannot know that its owner lives."""
        try:
            yield
        except (TransientError, ConfigError) as error:
            self.kept.update({(owner, key): failure or error for key in keys})
            raise

    def is_wanted(self, send: int, stored: StoredJob) -> bool:
        """Whether this message counts. One that is dropped is sent again by a tick, should its job still be due."""
        is_due = stored.job.state is JobState.PENDING and not stored.is_held
        return is_due and not is_outdated(send, stored.job.sends) and self.work.is_on()

    def _begin(self, stored: StoredJob) -> None:
        job = stored.job.after_death(self.runtime.now()) if stored.job.owner else stored.job
        if job.deaths >= MAX_DEATHS:
            self._give_up_deadly(stored, job)
            return
        pause_s = self.pauses.wait_s(*self.work.services)
        if pause_s:
            self._put_off(stored, job, pause_s)
            return
        run_id = self.runtime.new_id()
        alone = self.leases.acquire(SUSPECTS, run_id, CLAIM_S) if job.is_suspect else None
        if isinstance(alone, Held):
            self._put_off(stored, job, SUSPECT_DELAY_S + SUSPECT_SPREAD_S * self.runtime.chance())
            return
        try:
            self._claim(stored, job, run_id, alone)
        finally:
            if alone:
                alone.release()

    def _claim(self, stored: StoredJob, job: Job, run_id: str, alone: Lease | None) -> None:
        try:
            with self.remembering(run_id, [job.key]):  # it may have been made, and its answer lost
                claim = self.work.jobs.claim(stored, job, run_id, alone)
        except ConflictError:
            logger.info("Another worker took job %s first", job.key)
            return
        with told_job(claim.job) as told:
            self._do(claim, told)
        self.work.when_done()

    def _do(self, claim: Claim, told: Span) -> None:
        try:
            with before_each_request(holding([claim], self.runtime.monotonic)):
                self.work.do(claim)
        except SyncError as error:
            told.fail(type(error).__name__)
            told.tell({Attribute.JOB_OUTCOME: self.fail(claim, error)})
            self.pauses.heed_one(error, claim.job.key)
        except Exception as error:
            outcome = self.fail(claim, UnforeseenError(f"{type(error).__name__}: {error}"))
            told.tell({Attribute.JOB_OUTCOME: outcome})
            raise
        else:
            told.tell({Attribute.JOB_OUTCOME: JobOutcome.DONE})
            count_ended(claim.job.kind, JobOutcome.DONE)
            self.pauses.works(*self.work.services)
            self.send_left(claim, 0)

    def fail(self, claim: Claim, error: SyncError) -> JobOutcome:
        """Let a failure be judged: the job is put back, or given up; return which, if it was still ours."""
        verdict = judge(error, claim.job, self.runtime.now(), self.runtime.chance())
        try:
            with self.remembering(claim.run_id, [claim.job.key], error):
                if isinstance(verdict, Later):
                    self._put_back(claim, error, verdict)
                else:
                    self._give_up(claim, error, verdict)
        except ConflictError as lost:
            logger.warning("Job %s was taken over by another worker, or is done: %s", claim.job.key, lost)
            outcome = JobOutcome.LOST
        else:
            outcome = JobOutcome.LATER if isinstance(verdict, Later) else JobOutcome.DEAD
        count_ended(claim.job.kind, outcome)
        return outcome

    def _put_back(self, claim: Claim, error: SyncError, verdict: Later) -> None:
        """Put the job back, and let no one look before it comes again: what a lost call made shows after a while."""
        now, delay_s = self.runtime.now(), verdict.delay_s
        claim.put_back(
            lambda job: _failed(job, error, verdict.why, now).sent(now, delay_s),
            rest_s(delay_s),
            lambda after: self.work.failing(after or claim.job, is_news=False),
        )
        logger.warning("Job %s failed, next in %.0f s: %s", claim.job.key, delay_s, error)
        self.send_left(claim, delay_s)

    def _give_up(self, claim: Claim, error: SyncError, verdict: GiveUp) -> None:
        now, subject = self.runtime.now(), self.work.subject(claim.job.key)

        def dead(job: Job) -> Job:
            given_up = _failed(job, error, Why.FAILED, now).given_up(verdict.cause_class, now)
            return given_up.model_copy(update={"subject": subject})

        is_news = _is_news(claim.job, verdict.cause_class)
        claim.give_up(dead, lambda after: self.work.failing(after or claim.job, is_news=is_news))
        logger.error("Job %s of %s is given up, %s: %s", claim.job.key, subject, verdict.cause_class, error)
        self.send_left(claim, 0)

    def _give_up_deadly(self, stored: StoredJob, job: Job) -> None:
        """Give up a job that nobody survives; one that was asked for since tells nobody anything new."""
        now, has_just_died = self.runtime.now(), stored.job.deaths < MAX_DEATHS
        dead = job.given_up(DIED, now).model_copy(update={"subject": self.work.subject(job.key)})
        with suppress(ConflictError):  # another worker does the same
            is_news = has_just_died and _is_news(job, DIED)
            self.work.jobs.change(stored, dead, self.work.failing(dead, is_news=is_news))
            if has_just_died:
                count_ended(job.kind, JobOutcome.DEAD)
                logger.error("Job %s of %s is given up, %s: %s", job.key, dead.subject, DIED, dead.last_error)
            else:
                logger.warning("Job %s of %s was asked for again, and is left to a person", job.key, dead.subject)
        self.work.when_done()

    def _put_off(self, stored: StoredJob, job: Job, delay_s: float) -> None:
        """Let a job that was not begun come again. The message is sent last: were it first, there could be two."""
        try:
            later = self.work.jobs.change(stored, job.sent(self.runtime.now(), delay_s)).job
        except ConflictError:
            logger.info("Another worker changed job %s first", job.key)
        else:
            self.work.queue.send(message_of(later), delay_s)

    def send_left(self, claim: Claim, delay_s: float) -> None:
        """Send the message of a job that is to be done again."""
        if claim.left:
            self.work.queue.send(message_of(claim.left), delay_s)


def _failed(job: Job, error: SyncError, why: Why, now: datetime) -> Job:
    text, cause_class = str(error), error.cause_class
    match why:
        case Why.FAILED:
            return job.failed(text, cause_class, now)
        case Why.THROTTLED:
            return job.throttled(text, cause_class, now)
        case Why.WAITING:
            return job
        case Why.UNSEEN:
            return job.unseen(text, cause_class, now)


def _is_news(job: Job, cause_class: str) -> bool:
    """Whether to tell people: a replay that ended for the same cause is no news."""
    return not job.replays or job.gave_up_for != cause_class
