"""Looks for single things that a list leaves out, as many a run as its share of requests and its time allow.

What the service does not tell is remembered, and asked again later only: it keeps nothing else from being seen.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from sync_core.errors import ForbiddenError, SyncError, ThrottledError
from sync_core.runs.defer import Deferrals, may_be_own
from sync_core.runs.deferred import Kind

LOOK_TIME = timedelta(minutes=1)
FAILURES_WITHOUT_SUCCESS = 3


class Sight(Enum):
    """What the service says of one thing."""

    SHOWN = "shown"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Thing:
    """What is looked for: the id under which it is deferred, what people call it, and the request."""

    id: str
    name: str
    is_gone: Callable[[], bool]


@dataclass
class Looks:
    """What came of some looks: the sights by id, how many were asked for, and for how many there was no time.

    A thing that the service does not tell of has no sight and is not left: it is deferred.
    """

    sights: dict[str, Sight] = field(default_factory=dict)
    asked: int = 0
    left: int = 0

    def ids(self, sight: Sight) -> set[str]:
        """Return those that were seen so."""
        return {one for one, seen in self.sights.items() if seen is sight}


def look_alone(
    things: Sequence[Thing],
    kind: Kind,
    deferrals: Deferrals,
    *,
    most: int,
    clock: Callable[[], datetime],
    keep_alive: Callable[[], None] = lambda: None,
) -> Looks:
    """Look for each, those first that were never deferred; what was seen counts, whatever follows.

    A request to slow down ends the looks. A refusal to show one thing is no failure of the service, which knows who
    asks.

    Raises:
        SyncError: the first looks all fail, or the service refuses the app as a whole.
    """
    to_look = sorted(
        (one for one in things if not deferrals.waits(kind, one.id)),
        key=lambda one: deferrals.find(kind, one.id) is not None,
    )
    looks, failures = Looks(), list[SyncError]()
    ends_at = deferrals.log.ends_within(clock(), LOOK_TIME)
    for number, thing in enumerate(to_look):
        if number >= most or (number and clock() >= ends_at):
            looks.left = _leave(to_look[number:], kind, deferrals)
            break
        keep_alive()
        looks.asked += 1
        try:
            looks.sights[thing.id] = _look(thing, kind, deferrals)
        except ThrottledError as error:  # what was seen counts; the pause that it asks for is kept by the next run
            deferrals.failed(kind, thing.id, error, thing.name)  # the others come first then
            looks.left = _leave(to_look[number + 1 :], kind, deferrals)
            break
        except SyncError as error:
            if not may_be_own(error):
                raise
            deferrals.failed(kind, thing.id, error, thing.name)
            failures += [] if isinstance(error, ForbiddenError) else [error]
        if not looks.sights and len(failures) >= FAILURES_WITHOUT_SUCCESS:
            raise failures[-1]
    return looks


def _look(thing: Thing, kind: Kind, deferrals: Deferrals) -> Sight:
    with deferrals.asking(kind, thing.id):
        is_gone = thing.is_gone()
    deferrals.succeeded(kind, [thing.id])
    return Sight.GONE if is_gone else Sight.SHOWN


def _leave(things: Sequence[Thing], kind: Kind, deferrals: Deferrals) -> int:
    """Leave these to the next run; return how many of them nobody has looked at before."""
    deferrals.concern(kind, [one.id for one in things])
    return sum(1 for one in things if deferrals.find(kind, one.id) is None)
