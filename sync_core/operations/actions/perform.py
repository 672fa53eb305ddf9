"""Does what a person asks for, and keeps who it was: noted before anything is done, and again with how it ended."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import assert_never

from sync_core.absence.approval import Approval
from sync_core.absence.retire import APPROVAL
from sync_core.errors import NotFoundError, RejectedError, StateError, SyncError
from sync_core.jobs.dead_letters import DeadLetters
from sync_core.logs import get_logger
from sync_core.operations.actions.action import Action, Approve, Close, Replay, Resync
from sync_core.operations.actions.parse import Person
from sync_core.operations.actions.resync import ResyncThings
from sync_core.runs.action_log import LONGEST_TARGET, ActionLog, ActionOutcome, ActionRecord
from sync_core.runtime import Runtime
from sync_core.safe_text import safe_text
from sync_core.storage.notes import Notes

logger = get_logger(__name__)

SAME_APPROVAL = timedelta(minutes=1)
"""The same approval again within this time is a request that was sent twice, and allows no more than one of them."""
NOT_SETTLED = (
    "It is not known whose state this is: no run has come to know these addresses yet. Wait for the next run; for a "
    "command, give CLUEDIN_URL, CLUEDIN_ORGANIZATION and PURVIEW_ENDPOINT as the app has them."
)
NOT_DONE = (RejectedError, StateError)


@dataclass(frozen=True, slots=True)
class Done:
    """What came of an action: to how much it was done, why not to some, and how much there was no time for."""

    done: int
    refused: Sequence[str] = ()
    left: int = 0


@dataclass(frozen=True)
class Perform:
    """Performs actions, for all who ask: over HTTP, on the dashboard, by a command.

    `is_settled` says whether it is known whose state it acts on.
    """

    dead_letters: DeadLetters
    approvals: Notes
    resync: ResyncThings
    log: ActionLog
    runtime: Runtime
    is_settled: Callable[[], bool]

    def perform(self, request: Action, by: Person, has_time: Callable[[], bool] = lambda: True) -> Done:
        """Do what is asked for, as much as there is time for. The same once more does no harm.

        Raises:
            NotFoundError: what is named does not exist.
            RejectedError, StateError: it cannot be done now; the error says why.
            TransientError, ConfigError: storage does not answer; ask again.
        """
        return self._carry_out(request, by, self._begin(request, by), has_time)

    def attempt(self, request: Action, by: Person, has_time: Callable[[], bool] = lambda: True) -> str:
        """Do the same, and return under which key the log tells how it ended, also where it could not be done.

        Raises:
            TransientError, ConfigError: storage does not answer; ask again.
        """
        begun = self._begin(request, by)
        with suppress(*NOT_DONE):  # the log has why
            self._carry_out(request, by, begun, has_time)
        return begun.key

    def _carry_out(self, request: Action, by: Person, begun: ActionRecord, has_time: Callable[[], bool]) -> Done:
        try:
            self._check_is_settled()
            result = self._do(request, by, begun.id, has_time)
        except Exception as error:
            outcome = ActionOutcome.REFUSED if isinstance(error, NOT_DONE) else ActionOutcome.FAILED
            self._end(begun.ended(outcome, reasons=[str(error)]))
            raise
        ended = begun.ended(ActionOutcome.DONE, result.done, result.left, list(result.refused))
        self._end(ended)
        return result

    def _begin(self, request: Action, by: Person) -> ActionRecord:
        begun = ActionRecord(
            id=self.runtime.new_id(),
            at=self.runtime.now(),
            by=by.name,
            is_signed_in=by.is_signed_in,
            action=request.action,
            target=safe_text(request.target)[:LONGEST_TARGET],
        )
        self.log.save(begun)
        return begun

    def _check_is_settled(self) -> None:
        """An approval that lies beside the state it is meant for would be taken, and do nothing."""
        if not self.is_settled():
            raise StateError(NOT_SETTLED)

    def _end(self, ended: ActionRecord) -> None:
        """Keep how an action ended. What was done is done, also where that cannot be kept: then it says begun."""
        words = (ended.by, ended.action, ended.target, ended.outcome.value, ended.done)
        logger.info("%s: %s %s: %s, %s done", *words)
        try:
            self.log.save(ended)
        except SyncError as error:
            logger.warning("How action %s ended could not be kept: %s", ended.id, error)

    def _do(self, request: Action, by: Person, run_id: str, has_time: Callable[[], bool]) -> Done:
        match request:
            case Replay(id=str(key)):
                return Done(self._replay_one(key))
            case Replay():
                return self._replay_many(request, has_time)
            case Close():
                return Done(self._close(request.id))
            case Approve():
                return Done(self._approve(request, by))
            case Resync():
                return Done(1, self.resync.resync(request, run_id, has_time))
            case _:
                assert_never(request)

    def _replay_one(self, key: str) -> int:
        """Replay one, also one that was closed; one that is at work again already is not replayed twice."""
        if self.dead_letters.load(key):
            self.dead_letters.replay(key)
            return 1
        if not self.dead_letters.is_at_work(key):
            raise NotFoundError(f"There is no dead letter {key}: its work is done, or there never was one.")
        return 0

    def _replay_many(self, request: Replay, has_time: Callable[[], bool]) -> Done:
        wanted = [one for one in self.dead_letters.all() if request.all or one.cause_class == request.cause]
        count, refused = self.dead_letters.replay_each(wanted, has_time)
        return Done(count, refused, len(wanted) - count - len(refused))

    def _close(self, key: str) -> int:
        dead_letter = self.dead_letters.load(key)
        if dead_letter is None:
            raise NotFoundError(f"There is no open letter {key}: its work is done or under way.")
        if dead_letter.set_aside_at:
            return 0
        self.dead_letters.set_aside(key)
        return 1

    def _approve(self, request: Approve, by: Person) -> int:
        now = self.runtime.now()
        expires_at = now + timedelta(hours=request.hours)
        approval = Approval(assets=request.number, by=by.name, given_at=now, expires_at=expires_at)
        given = self.approvals.load(Approval, APPROVAL)
        if given is not None and _is_sent_twice(given, approval):
            return 0
        self.approvals.save(APPROVAL, approval)
        return 1


def _is_sent_twice(given: Approval, again: Approval) -> bool:
    """Whether an approval is the last one once more: for another time, or after that one's, it is a new one."""
    after = again.given_at - given.given_at
    is_same = (given.assets, given.by, given.expires_at + after) == (again.assets, again.by, again.expires_at)
    return is_same and timedelta(0) <= after < SAME_APPROVAL and again.given_at < given.expires_at
