"""An answer in parts: what takes longer than people wait for one goes on with a page token, and nothing is kept."""

import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64Error
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from sync_core.each_request import before_each_request
from sync_core.errors import OutOfTimeError, RejectedError
from sync_core.json_decoding import decode

PART_S = 4.0
"""How long a part goes on beginning something else; the answer is there within five seconds then."""
LAST_REQUEST_S = 20.0
"""After so long no request of a part begins: what needs it is told as not answered in time."""
PARTED = frozenset({"explain", "plan", "examine"})
LONGEST_QUESTION = 4096
LONGEST_TOKEN = 12_000
LARGEST_POSITION = 200_000

Position = TypeVar("Position", bound=BaseModel)


def check_question(asked: Sequence[str], query: Mapping[str, str]) -> None:
    """Check that a query asks one thing instead of the state, and goes on only with what is answered in parts.

    Raises:
        RejectedError: the parameter that is too many, or too long.
    """
    if len(asked) > 1:
        raise RejectedError(f"{asked[1]} is asked beside {asked[0]}; expected one of them.", code=asked[1])
    for name in asked:
        if len(query.get(name, "")) > LONGEST_QUESTION:
            raise RejectedError(f"{name} is too long; expected {LONGEST_QUESTION} characters at most.", code=name)
    if query.get("next") and not PARTED.intersection(asked):
        raise RejectedError(
            f"next goes on with an answer in parts ({', '.join(sorted(PARTED))}); expected after or afterDataSet.",
            code="next",
        )


def format_token(position: BaseModel) -> str:
    """Return a page token: where to go on, as text that a query holds."""
    packed = zlib.compress(position.model_dump_json(exclude_defaults=True).encode("utf-8", "replace"), 9)
    return urlsafe_b64encode(packed).decode().rstrip("=")


def parse_token(model: type[Position], token: str) -> Position:
    """Read a page token.

    Raises:
        RejectedError: it is none of ours.
    """
    try:
        if len(token) > LONGEST_TOKEN:
            raise ValueError("it is too long")  # noqa: TRY301
        packed = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        unpacking = zlib.decompressobj()
        text = unpacking.decompress(packed, LARGEST_POSITION)
        if not unpacking.eof:
            raise ValueError("it is cut off, or too large")  # noqa: TRY301
        return model.model_validate(decode(text))
    except (ValueError, NotBase64Error, zlib.error, ValidationError) as error:
        raise RejectedError("next is no page token; expected what `next` of an answer said.", code="next") from error


@dataclass(frozen=True)
class Part:
    """The time of one part."""

    monotonic: Callable[[], float]
    began_at: float

    @classmethod
    def begin(cls, monotonic: Callable[[], float]) -> "Part":
        """Return a part that begins now."""
        return cls(monotonic, monotonic())

    @property
    def age_s(self) -> float:
        """For how long it has gone on."""
        return self.monotonic() - self.began_at

    def has_time(self) -> bool:
        """Whether to begin something else."""
        return self.age_s < PART_S

    @contextmanager
    def in_time(self) -> Iterator[None]:
        """Begin no request in the block long after the part should have ended."""
        with before_each_request(self._check):
            yield

    def _check(self) -> None:
        if self.age_s >= LAST_REQUEST_S:
            raise OutOfTimeError(f"The services did not answer all of this within {LAST_REQUEST_S:.0f} s.")
