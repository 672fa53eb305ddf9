"""A job: one piece of work that is outstanding, or that was given up. Work that is done has no job."""

from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from sync_core.telemetry.traceparent import Traceparent

MAX_DEATHS = 5
"""How many workers a job may kill before it is given up."""
MAX_ERROR_CHARACTERS = 4000
TAKEN_UP_WITHIN = timedelta(minutes=1)
"""How soon a message is taken up where no others wait before it."""
DIED = "died"
"""The cause class of work that its worker did not survive."""
LOOK_KEY = "look"
UNREADABLE = "unreadable"
"""The cause class of a message that names no work of ours; the key of the job that keeps it begins so."""


class JobKind(StrEnum):
    """What a job is about."""

    ASSET = "asset"  # the group and source of an asset are to be made; its key is the asset's
    DATA_SET = "data_set"  # the lineage of a data set is to be written; its key is the data set's id
    LOOK = "look"  # CluedIn is to be looked through for what was processed; there is one such job
    UNREADABLE = "unreadable"  # a message that no worker can read; dead from the start


class JobState(StrEnum):
    """Where a job stands."""

    PENDING = "pending"
    DEAD = "dead"  # given up: this is the dead letter


class Job(BaseModel):
    """One piece of work, in one row beside the record that it is about.

    `queue` and `payload` are those of a message that cannot be read. `asked_at` is when it was last asked for,
    `is_asked_again` whether that was while its owner was at it: then it is done once more. `is_hint` says that only a
    webhook asked for it, whose word nothing hangs on. `sends` counts its messages; `due_at` is when a tick sends the
    next one, should nobody have taken up the last one. `owner` holds the job until `held_until`, by the storage
    service's clock; where that is without an owner, nobody may start before. `attempts` failed since it was asked for
    or replayed, `former_attempts` before that, and in `deaths` of them the worker died. `gave_up_at` is when it was
    given up first, `gave_up_for` the cause class of the last time. `traceparent` is the trace of who asked for it.
    """

    model_config = ConfigDict(frozen=True)

    kind: JobKind
    key: str
    state: JobState = JobState.PENDING
    subject: str = ""
    queue: str = ""
    payload: str = ""
    run_id: str = ""
    traceparent: Traceparent = None
    asked_at: datetime
    is_asked_again: bool = False
    is_hint: bool = False
    due_at: datetime
    sends: int = 0

    owner: str = ""
    held_until: datetime | None = None

    attempts: int = 0
    former_attempts: int = 0
    deaths: int = 0
    throttled_since: datetime | None = None
    unseen_since: datetime | None = None
    last_error: str = ""
    last_error_class: str = ""
    last_error_at: datetime | None = None

    gave_up_at: datetime | None = None
    gave_up_for: str = ""
    replays: int = 0
    replayed_at: datetime | None = None
    set_aside_at: datetime | None = None

    @property
    def is_suspect(self) -> bool:
        """Whether a worker died in it: such jobs run one at a time, so that the guilty one kills no others."""
        return self.deaths > 0

    @property
    def is_untried(self) -> bool:
        """Whether nobody has begun it since it was asked for first."""
        return not (self.owner or self.attempts or self.former_attempts or self.replays or self.last_error)

    @property
    def is_abandoned(self) -> bool:
        """Whether a worker holds it, or held it, and no message was sent since."""
        return bool(self.owner) and self.due_at == self.held_until

    def sent(self, now: datetime, delay_s: float = 0) -> "Job":
        """Return the job as it is when its next message is sent, with a delay."""
        due_at = now + timedelta(seconds=delay_s) + TAKEN_UP_WITHIN
        return self.model_copy(update={"sends": self.sends + 1, "due_at": due_at})

    def failed(self, error: str, error_class: str, now: datetime) -> "Job":
        """Return the job after one more attempt that failed."""
        update = {**_error(error, error_class, now), "attempts": self.attempts + 1, "throttled_since": None}
        return self.model_copy(update=update)

    def throttled(self, error: str, error_class: str, now: datetime) -> "Job":
        """Return the job after a service asked to slow down: that is no attempt."""
        update = {**_error(error, error_class, now), "throttled_since": self.throttled_since or now}
        return self.model_copy(update=update)

    def unseen(self, error: str, error_class: str, now: datetime) -> "Job":
        """Return the job after what it is about did not show: that is no attempt either."""
        return self.model_copy(update={**_error(error, error_class, now), "unseen_since": self.unseen_since or now})

    def after_death(self, now: datetime) -> "Job":
        """Return the job whose owner's claim has run out: its worker died, or lost sight of it, and that failed."""
        failed = self.failed("The worker died in it, or could no longer say how it ended.", DIED, now)
        return failed.model_copy(update={"owner": "", "held_until": None, "deaths": self.deaths + 1})

    def given_up(self, cause_class: str, now: datetime) -> "Job":
        """Return the job as its dead letter."""
        update = {
            "state": JobState.DEAD,
            "owner": "",
            "held_until": None,
            "last_error_class": cause_class,
            "gave_up_at": self.gave_up_at or now,
            "gave_up_for": cause_class,
        }
        return self.model_copy(update=update)

    def covers(self, moment: datetime) -> bool:
        """Whether what is asked for at a moment is done anyway: then to ask changes nothing.

        Work that its owner does once more, and work that nobody has begun, is done later than now. A look may have
        begun, and wait for its next part.
        """
        if self.kind is JobKind.LOOK:
            return self.asked_at >= moment
        return self.is_asked_again or not self.owner

    def asked_again(self, now: datetime, run_id: str = "", traceparent: str | None = None) -> "Job":
        """Return the job after it was asked for once more; one that was given up begins anew."""
        if self.state is JobState.PENDING:
            return self.model_copy(update={"is_asked_again": True, "asked_at": max(now, self.asked_at)})
        return self._anew(now, run_id).model_copy(update={"traceparent": traceparent})

    def ended_well(self) -> "Job":
        """Return the job that is to be done once more after it ended well: nothing that was before counts any more."""
        update = {
            "deaths": 0,
            "former_attempts": 0,
            "last_error": "",
            "last_error_class": "",
            "last_error_at": None,
            "gave_up_at": None,
            "gave_up_for": "",
            "replays": 0,
            "replayed_at": None,
        }
        return self.model_copy(update=update)

    def asked_by_us(self) -> "Job":
        """Return the job as one for which we have a reason of our own."""
        return self.model_copy(update={"is_hint": False})

    def replayed(self, now: datetime) -> "Job":
        """Return the dead job back at work; one that killed its worker stays suspect."""
        update = {"replays": self.replays + 1, "replayed_at": now, "deaths": min(self.deaths, 1), "is_hint": False}
        return self._anew(now, self.run_id).model_copy(update=update)

    def _anew(self, now: datetime, run_id: str) -> "Job":
        update = {
            "state": JobState.PENDING,
            "run_id": run_id or self.run_id,
            "asked_at": now,
            "due_at": now,
            "attempts": 0,
            "former_attempts": self.former_attempts + self.attempts,
            "throttled_since": None,
            "unseen_since": None,
            "set_aside_at": None,
        }
        return self.model_copy(update=update)


def _error(error: str, error_class: str, now: datetime) -> dict[str, object]:
    return {"last_error": error[:MAX_ERROR_CHARACTERS], "last_error_class": error_class, "last_error_at": now}
