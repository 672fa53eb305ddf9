"""Rules that make a simulator fail in a chosen way for chosen requests."""

import random
import re
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator


class Match(BaseModel):
    """Which requests: all given conditions hold. Those but `method` are regular expressions, searched anywhere.

    `url` is searched in the path with its query, so that one guid means whatever is asked about that thing, also beside
    others; `body` in the text of the body, which is where GraphQL has its variables.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: str | None = None
    path: str | None = None
    operation: str | None = None
    url: str | None = None
    body: str | None = None

    @field_validator("path", "operation", "url", "body")
    @classmethod
    def _compiles(cls, value: str | None) -> str | None:
        try:
            re.compile(value or "")
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from error
        return value

    def covers(self, method: str, path: str, operation: str | None, query: str = "", body: str = "") -> bool:
        """Does this request fit all conditions?"""
        return (
            (self.method is None or self.method.upper() == method)
            and (self.path is None or re.search(self.path, path) is not None)
            and (self.operation is None or re.search(self.operation, operation or "") is not None)
            and (self.url is None or re.search(self.url, f"{path}?{query}") is not None)
            and (self.body is None or re.search(self.body, body) is not None)
        )


class Effect(BaseModel):
    """What happens instead: an answer, a wait, a lost connection. A wait combines with either of the others.

    `drop` "before": the connection breaks and nothing is executed; "after": it is executed, then the answer is lost.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    status: int | None = Field(default=None, ge=100, le=599)
    headers: dict[str, str] = {}
    body: Any = None
    """A JSON value, or a string that is sent as it is."""
    delay_s: float = Field(default=0, ge=0)
    drop: Literal["before", "after"] | None = None

    @model_validator(mode="after")
    def _says_what_happens(self) -> Self:
        if self.status is None and self.drop is None and not self.delay_s:
            raise ValueError("an effect needs one of status, delay_s, drop")
        if self.status is not None and self.drop is not None:
            raise ValueError("status and drop exclude each other: a dropped connection has no status")
        return self


class Fault(BaseModel):
    """A rule: for requests that `match`, let `skip` pass, then apply `effect` `times` times (None: for ever)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    match: Match = Match()
    effect: Effect
    times: int | None = Field(default=1, ge=1)
    skip: int = Field(default=0, ge=0)
    probability: float = Field(default=1, gt=0, le=1)
    seed: int = 0


class _Armed:
    """A fault with its counters."""

    def __init__(self, fault_id: int, fault: Fault) -> None:
        self.id, self.fault = fault_id, fault
        self.matched = self.fired = 0
        self._random = random.Random(fault.seed)  # noqa: S311 - reproducible on purpose

    def fires(self, method: str, path: str, operation: str | None, query: str, body: str) -> bool:
        fault = self.fault
        is_over = fault.times is not None and self.fired >= fault.times
        if is_over or not fault.match.covers(method, path, operation, query, body):
            return False
        self.matched += 1
        if self.matched <= fault.skip or self._random.random() >= fault.probability:
            return False
        self.fired += 1
        return True


class FaultBook:
    """The faults in force, in order of addition; the first that fires decides."""

    def __init__(self) -> None:
        self._armed: list[_Armed] = []
        self._last_id = 0

    def add(self, fault: Fault) -> int:
        """Put a fault in force; returns its id."""
        self._last_id += 1
        self._armed.append(_Armed(self._last_id, fault))
        return self._last_id

    def strike(
        self, method: str, path: str, operation: str | None, query: str = "", body: str = ""
    ) -> tuple[int, Effect] | None:
        """The effect for this request, if any fault fires."""
        for armed in self._armed:
            if armed.fires(method, path, operation, query, body):
                return armed.id, armed.fault.effect
        return None

    def clear(self, fault_id: int | None = None) -> None:
        """Lift one fault, or all."""
        self._armed = [armed for armed in self._armed if fault_id is not None and armed.id != fault_id]

    def dump(self) -> list[dict[str, Any]]:
        """Each fault with its id, and how often it matched and fired."""
        return [
            {"id": armed.id, "matched": armed.matched, "fired": armed.fired, **armed.fault.model_dump(mode="json")}
            for armed in self._armed
        ]
