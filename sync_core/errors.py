"""Every error of the sync, grouped by what has to happen next.

    SyncError
    ├── ConfigError        a person must fix a setting, a right or a term
    │   ├── UnknownTermError ... because no keyword names a term
    │   ├── CredentialsError ... because the service does not take the app's password, token or identity
    │   ├── ForbiddenError ... because the service refuses to show this, or to let it be done
    │   └── AddressError   ... because there is no such API at the address that a setting gives
    ├── TransientError     try again later; carries `retry_after_s`
    │   ├── ThrottledError ... and leave the service alone until then, all of us
    │   ├── SlowAnswerError ... but what was asked for may still be carried out
    │   ├── WaitError      it is only too early; carries how long
    │   ├── OutOfTimeError ... because this run or worker has used up its own time
    │   └── UnseenError    ... because what must be there does not show: it may have been left out by mistake
    ├── RejectedError      this one record is refused, the others go on
    │   ├── NotFoundError  ... because the service does not know it
    │   ├── AlreadyExistsError ... because the service has it already
    │   └── OvertakenError ... because somebody else changed the thing meanwhile
    ├── UnforeseenError    a bug: repeat the work a few times, then a person must look
    └── StateError         our own stored state is not what it must be
        └── ConflictError  ... because another worker changed it first

Foreign errors are translated into these once, in `clients/` and `state/`. Each message says what happened, to which id,
what was expected and what to do. It may hold names and what a service said, so it is made safe here, once: whoever
logs, keeps or shows it need not think of forged lines and echoed tokens.
"""

from collections.abc import Iterable

from sync_core.safe_text import safe_text


class SyncError(Exception):
    """Anything that the sync reports on purpose."""

    cause_class = "error"

    def __init__(self, message: str) -> None:
        super().__init__(safe_text(message))


class ConfigError(SyncError):
    """A person must fix a setting, a role or a glossary term; the message names it and the remedy.

    Several `problems` stand on lines of their own.
    """

    cause_class = "config"

    def __init__(self, message: str, problems: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.args = ("\n- ".join([*self.args, *(safe_text(problem) for problem in problems)]),)


class UnknownTermError(ConfigError):
    """No keyword names a term that the app is shown."""


class CredentialsError(ConfigError):
    """The service does not know who asks: a password, a token or an identity is refused. `service` is its title."""

    def __init__(self, message: str, *, service: str) -> None:
        super().__init__(message)
        self.service = service


class ForbiddenError(ConfigError):
    """The service knows who asks and refuses this one thing: a role is missing, perhaps for a part of it only."""


class AddressError(ConfigError):
    """The host answers, but not with the API that the setting should lead to."""


class TransientError(SyncError):
    """The same call may work later.

    `retry_after_s` is how long to wait, or None; where `service` names who was not able to answer, it asked for that.
    """

    cause_class = "transient"

    def __init__(self, message: str, *, retry_after_s: float | None = None, service: str = "") -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
        self.service = service


class ThrottledError(TransientError):
    """The service asks to slow down; that is no fault of the work, so it counts as no attempt."""

    cause_class = "throttled"


class SlowAnswerError(TransientError):
    """The service, or a gateway before it, gave up waiting: what was asked for may still be carried out."""


class WaitError(TransientError):
    """It is only too early for this: nothing failed."""


class OutOfTimeError(TransientError):
    """Whoever works has used up its own time: nobody was asked, and nothing failed. Who comes next goes on."""


class UnseenError(TransientError):
    """The service does not show what must be there. That is a look, not a proof: look again before it is believed."""


class RejectedError(SyncError):
    """The service refuses this one record; repeating the call cannot help.

    `code` is the vendor's error code where there is one, e.g. `ATLAS-404-00-007`.
    """

    cause_class = "rejected"

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class NotFoundError(RejectedError):
    """The service says, beyond doubt, that the thing does not exist."""

    cause_class = "not_found"


class AlreadyExistsError(RejectedError):
    """The service has something of that name already."""


class OvertakenError(RejectedError):
    """Somebody else changed the thing since it was read: read it again."""


class UnforeseenError(SyncError):
    """Work failed of what nobody foresaw: a bug of ours, or of what we use."""

    cause_class = "bug"


class StateError(SyncError):
    """The stored state cannot be read, or says something that must not be."""

    cause_class = "state"


class ConflictError(StateError):
    """Another worker changed the record first: read it again."""

    cause_class = "conflict"
