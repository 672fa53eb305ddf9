"""Several claimed jobs that go a way together: each step of all of them is one transaction.

One that was changed by somebody else, or that storage does not take, must not stop the others: then each takes the step
alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sync_core.errors import ConflictError, RejectedError, StateError, SyncError
from sync_core.jobs.claims import Claim, Step, StoredJob
from sync_core.jobs.job_store import JobStore


@dataclass
class Outcome:
    """What became of jobs that went together; the others are done.

    `unbegun` failed before anything was saved for them: they are still as their message told. `alone` are to be done
    one by one, for the reason that each has: nobody may begin before so many seconds are over.
    """

    failed: list[tuple[Claim, SyncError]] = field(default_factory=list)
    unbegun: list[tuple[Claim, SyncError]] = field(default_factory=list)
    alone: list[tuple[Claim, float]] = field(default_factory=list)


def claim_together(jobs: JobStore, stored: Sequence[StoredJob], owner: str) -> list[Claim]:
    """Take jobs that are as they were read and that nobody holds; where one of them is not, those that can be had."""
    held = [jobs.held(one, one.job, owner) for one in stored]
    try:
        etags = jobs.table.transact([jobs.changing(one, after) for one, after in zip(stored, held, strict=True)])
    except ConflictError:
        found = [_claim_alone(jobs, one, owner) for one in stored]
        return [claim for claim in found if claim is not None]
    return [
        Claim(jobs, StoredJob(after, etag, one.now, one.read_at), None)
        for one, after, etag in zip(stored, held, etags, strict=True)
    ]


def _claim_alone(jobs: JobStore, stored: StoredJob, owner: str) -> Claim | None:
    try:
        return jobs.claim(stored, stored.job, owner, None)
    except (ConflictError, RejectedError):  # another worker has it, or it cannot be read
        return None


def carry_out_together(steps: Sequence[Step]) -> list[list[str] | SyncError]:
    """Carry out steps of different jobs of one partition; return for each the ETags of what it changed beside the job.

    A step that cannot be done has its error in its place, and changed nothing. At most a hundred operations.

    Raises:
        TransientError, ConfigError: storage does not answer; how each of them ended is not known.
    """
    found = [step.operations() for step in steps]
    try:
        etags = iter(steps[0].claim.transact([one for _, operations in found for one in operations]))
    except StateError:
        return [_alone(step) for step in steps]
    results: list[list[str] | SyncError] = []
    for step, (after, operations) in zip(steps, found, strict=True):
        own, *others = [next(etags) for _ in operations]
        step.claim.note(step, after, own)
        results.append(others)
    return results


def _alone(step: Step) -> list[str] | SyncError:
    try:
        return step.claim.carry_out(step)
    except SyncError as error:
        return error
