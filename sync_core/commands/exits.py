"""How a command ends, told by its exit status; `docs/operations.md` lists them."""

from enum import IntEnum

from sync_core.errors import ConfigError, RejectedError, SyncError, TransientError


class Exit(IntEnum):
    """The exit status of a command."""

    DONE = 0
    NOT_DONE = 1  # also: something was found that is not as it should be
    WRONG_USAGE = 2
    NO_ANSWER = 3  # settings, storage, a service, the app or its key: nobody could be asked
    INTERRUPTED = 130


class WrongRequestError(RejectedError):
    """The app does not take the request as it was typed."""

    cause_class = "usage"


def exit_of(error: SyncError) -> Exit:
    """Return how a command ends that failed of an error."""
    match error:
        case WrongRequestError():
            return Exit.WRONG_USAGE
        case ConfigError() | TransientError():
            return Exit.NO_ANSWER
        case _:
            return Exit.NOT_DONE
