"""Why a term may not count right now: these are pauses, and no failed run."""

from sync_core.errors import RejectedError, WaitError

PAUSED = "paused"
UNPUBLISHED = "unpublished"


class PausedError(RejectedError):
    """A term may not count: it was read and is a draft, say, or it is not shown, which a draft's reader sees."""

    cause_class = PAUSED


class BusyError(WaitError):
    """The catalog asks to be left alone, whatever it is asked for: that is no failure of this term."""

    cause_class = PAUSED


class UnpublishedError(PausedError):
    """It is no published term of its keywords now; looking the names up tells when it is one again."""

    cause_class = UNPUBLISHED


class GoneError(UnpublishedError):
    """The service knows no such term: it was deleted, or is one that the app is not shown."""
