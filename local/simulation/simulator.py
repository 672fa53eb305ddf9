"""What a simulator must offer to be driven by the kit."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from local.simulation.clock import Clock
from local.simulation.faults import FaultBook
from local.simulation.request_log import RequestLog


class SwitchSet(BaseModel):
    """Switches of a simulator: one field per behaviour that the vendor's documents leave open.

    The defaults are the likeliest reading. An unknown name is an error, so that a test cannot set nothing by a typo.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    answers_as: Literal["itself", "a page", "nothing", "other json", "no such path"] = "itself"
    """Who is at this address: the service, or somebody else, with a web page, an empty answer, other JSON, or a 404."""
    record_bodies: bool = False
    """Keep request and response bodies in the request log."""


S = TypeVar("S", bound=SwitchSet)


class Simulator(ABC, Generic[S]):
    """State and behaviour of one simulated service.

    `switches` is replaced as a whole when it is changed, so read it at each use. A `ValueError` raised by `seed`
    is answered with 400 and its message.
    """

    name: str

    def __init__(self, switches: S, clock: Clock | None = None) -> None:
        self.switches = switches
        self.clock = clock or Clock()
        self.log = RequestLog()
        self.faults = FaultBook()
        self._first_switches = switches

    def reset_all(self) -> None:
        """As newly started: empty state, log and faults; first switches; real time."""
        self.switches = self._first_switches
        self.clock.reset()
        self.faults.clear()
        self.log.clear()
        self.reset()

    def patch_switches(self, changes: Mapping[str, Any]) -> None:
        """Change some switches.

        Raises:
            ValueError: for an unknown name or a wrong type.
        """
        self.switches = self.switches.model_validate({**self.switches.model_dump(), **changes})

    @abstractmethod
    def reset(self) -> None:
        """Empty the state."""

    @abstractmethod
    def seed(self, options: Mapping[str, Any]) -> Any:
        """Fill the state as `options` say; returns a JSON summary."""

    @abstractmethod
    def dump(self) -> Any:
        """The whole state as JSON."""
