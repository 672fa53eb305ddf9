"""Works off the jobs of one message together, where they are as that message tells; the others go one by one.

A batch is an optimization and nothing else: whatever is not plain in it is left to the way of a single job.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from pydantic import ValidationError

from sync_core.chunks import chunks
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
from sync_core.jobs.claims import Claim, Step, StoredJob
from sync_core.jobs.hold import holding
from sync_core.jobs.job import Job, JobKind
from sync_core.jobs.message import Member, asset_messages
from sync_core.jobs.together import Outcome, carry_out_together, claim_together
from sync_core.jobs.told_work import JobOutcome, count_ended, told_jobs
from sync_core.jobs.verdict import Later, Why, judge
from sync_core.logs import get_logger
from sync_core.parallel import in_parallel
from sync_core.telemetry.spans import Attribute, Span

if TYPE_CHECKING:
    from sync_core.jobs.worker import Worker

logger = get_logger(__name__)


class Team(Protocol):
    """Work that can be done for several jobs together."""

    def limit(self) -> int:
        """For how many at once; below two for none."""

    def tell(self, jobs: Sequence[StoredJob]) -> list[Member]:
        """Return what a message would tell of those of these jobs for which nothing was ever made or asked for."""

    def do(self, pairs: Sequence[tuple[Claim, Member]]) -> Outcome:
        """Do the work of claimed jobs, and end each together with the last change of its record.

        Raises:
            SyncError: it is of all of them.
        """


@dataclass(frozen=True)
class GoTogether:
    """Works off a message for a worker."""

    worker: "Worker"
    team: Team

    def work_off(self, members: Sequence[Member]) -> set[str]:
        """Work off what can go together; return the keys of the jobs that need nothing more of this message."""
        members = list({one.key: one for one in members}.values())  # one that is named twice would be made twice
        told = [one for one in members if one.job and one.about]
        others = [one for one in members if not (one.job and one.about)]
        limit = self.team.limit() if max(len(told), len(others)) > 1 else 0
        handled: set[str] = set()
        if limit > 1 and self.worker.work.is_on():
            for chunk in chunks(told, limit):
                handled |= self._work_off(chunk, self._as_told(chunk))
            for chunk in chunks(others if len(others) > 1 else (), limit):
                handled |= self._work_off(*self._as_read(chunk))
        return handled

    def _work_off(self, members: Sequence[Member], stored: Sequence[StoredJob]) -> set[str]:
        if len(stored) < 2:  # noqa: PLR2004  # one alone is no batch
            return set()
        work = self.worker.work
        pause_s = self.worker.pauses.wait_s(*work.services)
        handled = self._put_off(members, stored, pause_s) if pause_s else self._do(members, stored)
        work.when_done()
        return handled

    def _as_told(self, members: Sequence[Member]) -> list[StoredJob]:
        """Return the jobs as the message tells of them, unless the first one shows that it is an old message."""
        jobs = self.worker.work.jobs
        try:
            first = jobs.load(members[0].key)
            if first is None or first.etag != members[0].job_etag:
                return []
            told = [Job.model_validate(one.job) for one in members]
        except (RejectedError, ValidationError) as error:
            logger.info("The jobs of a message are read one by one: %s", error)
            return []
        return [StoredJob(job, one.job_etag, first.now, first.read_at) for job, one in zip(told, members, strict=True)]

    def _as_read(self, members: Sequence[Member]) -> tuple[list[Member], list[StoredJob]]:
        """Return what a message would tell of jobs that it only names: of those for which nothing was tried yet."""
        found = [one for _, one in in_parallel(self._load, members) if one is not None and one.job.is_untried]
        told = self.team.tell(found) if len(found) > 1 else []
        by_key = {one.job.key: one for one in found}
        return told, [by_key[one.key] for one in told]

    def _load(self, member: Member) -> StoredJob | None:
        """Return a job that is to be done now; one that cannot be read is seen to alone."""
        with suppress(RejectedError):
            stored = self.worker.work.jobs.load(member.key)
            return stored if stored and self.worker.is_wanted(member.send, stored) else None
        return None

    def _put_off(self, members: Sequence[Member], stored: Sequence[StoredJob], delay_s: float) -> set[str]:
        """Let jobs that were not begun come again together; return which do: all, or none."""
        jobs, now = self.worker.work.jobs, self.worker.runtime.now()
        later = [one.job.sent(now, delay_s) for one in stored]
        try:
            etags = jobs.table.transact([jobs.changing(one, job) for one, job in zip(stored, later, strict=True)])
        except ConflictError:
            return set()
        self._send([_told_anew(*each) for each in zip(members, later, etags, strict=True)], later[0], delay_s)
        return {one.key for one in members}

    def _send(self, members: Sequence[Member], first: Job, delay_s: float) -> None:
        for message in asset_messages(members, first.run_id, first.traceparent):
            self.worker.work.queue.send(message, delay_s)

    def _do(self, members: Sequence[Member], stored: Sequence[StoredJob]) -> set[str]:
        """Do the work of those that can be claimed; return which."""
        run_id, keys = self.worker.runtime.new_id(), {one.key: one for one in members}
        with self.worker.remembering(run_id, list(keys)):
            claims = claim_together(self.worker.work.jobs, stored, run_id)
        if not claims:
            return set()
        with told_jobs([claim.job for claim in claims]) as told:
            self._do_claimed(claims, keys, told)
        return {claim.job.key for claim in claims}

    def _do_claimed(self, claims: Sequence[Claim], keys: Mapping[str, Member], told: Span) -> None:
        try:
            with before_each_request(holding(claims, self.worker.runtime.monotonic)):
                outcome = self.team.do([(claim, keys[claim.job.key]) for claim in claims])
        except SyncError as error:
            outcome = Outcome(failed=[(claim, error) for claim in claims])
        except Exception as error:
            unforeseen = UnforeseenError(f"{type(error).__name__}: {error}")
            self._fail((claim, unforeseen) for claim in claims)
            raise
        failed = [*outcome.failed, *outcome.unbegun]
        told.tell({Attribute.ASSETS_FAILED: [claim.job.key for claim, _ in failed]})
        self._settle(claims, keys, outcome)

    def _settle(self, claims: Sequence[Claim], members: Mapping[str, Member], outcome: Outcome) -> None:
        """Put back what did not end, and send what was asked for again."""
        left = {id(claim) for claim, _ in (*outcome.failed, *outcome.unbegun, *outcome.alone)}
        ended = [claim for claim in claims if id(claim) not in left]
        if ended:
            self.worker.pauses.works(*self.worker.work.services)
        count_ended(JobKind.ASSET, JobOutcome.DONE, len(ended))
        for claim in ended:
            self.worker.send_left(claim, 0)
        judged = [(each, self._judge(*each)) for each in outcome.unbegun]
        waiting = [(claim, error, later) for (claim, error), later in judged if later is not None]
        others = [each for each, later in judged if later is None]
        with ExitStack() as also:  # where storage fails, too: what is not put back has to be remembered
            also.callback(self._put_back, waiting, members)
            also.callback(self._fail, [*outcome.failed, *others])
            self._leave(outcome.alone)

    def _judge(self, claim: Claim, error: SyncError) -> Later | None:
        """Return when one that a service asked to wait may come again with the others; None if it has to go alone.

        Alone each would be a few requests, to a service that asks for less.
        """
        verdict = judge(error, claim.job, self.worker.runtime.now(), self.worker.runtime.chance())
        return verdict if isinstance(verdict, Later) and verdict.why is Why.THROTTLED else None

    def _put_back(self, waiting: Sequence[tuple[Claim, SyncError, Later]], members: Mapping[str, Member]) -> None:
        """Let those come again together that are still as their message told."""
        if not waiting:
            return
        now, delay_s = self.worker.runtime.now(), max(later.delay_s for *_, later in waiting)

        def put_back(error: SyncError) -> Callable[[Job], Job]:
            return lambda job: job.throttled(str(error), error.cause_class, now).sent(now, delay_s)

        steps = [claim.leaving(put_back(error), rest_s(delay_s)) for claim, error, _ in waiting]
        failure = waiting[0][1]
        left = self._carry_out(steps, failure)
        count_ended(JobKind.ASSET, JobOutcome.LATER, len(left))
        count_ended(JobKind.ASSET, JobOutcome.LOST, len(waiting) - len(left))
        if left:
            logger.warning("%s jobs failed together, next in %.0f s: %s", len(left), delay_s, failure)
            told = [_told_anew(members[claim.job.key], claim.job, claim.etag) for claim in left]
            self._send(told, left[0].job, delay_s)

    def _carry_out(self, steps: Sequence[Step], failure: SyncError | None = None) -> list[Claim]:
        """Leave jobs by steps of one transaction; return the claims of those that were still ours."""
        keys = [step.claim.job.key for step in steps]
        with self.worker.remembering(steps[0].claim.run_id, keys, failure):
            results = carry_out_together(steps)
        left = list[Claim]()
        for step, result in zip(steps, results, strict=True):
            if isinstance(result, list):
                left.append(step.claim)
            else:
                logger.warning("Job %s was taken over by another worker, or is done: %s", step.claim.job.key, result)
        return left

    def _fail(self, failed: Iterable[tuple[Claim, SyncError]]) -> None:
        storage: TransientError | ConfigError | None = None
        for claim, error in failed:
            try:
                self.worker.fail(claim, error)
            except (TransientError, ConfigError) as cannot:  # it is remembered; the others have to be, too
                storage = cannot
            else:
                self.worker.pauses.heed_one(error, claim.run_id)  # of all of them it was one request
        if storage:
            raise storage

    def _leave(self, alone: Sequence[tuple[Claim, float]]) -> None:
        """Let each of these come again with a message of its own."""
        if not alone:
            return
        now = self.worker.runtime.now()
        steps = [
            claim.leaving(lambda job, after=delay_s: job.sent(now, after), max(delay_s - 1, 0))  # type: ignore[misc]
            for claim, delay_s in alone
        ]
        delays_s = {claim.job.key: delay_s for claim, delay_s in alone}
        for claim in self._carry_out(steps):
            self.worker.send_left(claim, delays_s[claim.job.key])


def _told_anew(member: Member, job: Job, etag: str) -> Member:
    told = job.model_dump(mode="json", exclude_defaults=True)
    return member.model_copy(update={"send": job.sends, "job": told, "job_etag": etag})
