"""Answers in parts: page tokens that hold where to go on, and the time of a part."""

import pytest
from pydantic import BaseModel

from sync_core.each_request import begin_request
from sync_core.errors import OutOfTimeError, RejectedError
from sync_core.operations.parts import LAST_REQUEST_S, PART_S, Part, format_token, parse_token


class Position(BaseModel):
    page: int = 0
    text: str = ""


def test_a_token_brings_back_where_to_go_on() -> None:
    position = Position(page=7, text="Umsatz/Q1 🚀" * 100)
    token = format_token(position)
    assert parse_token(Position, token) == position
    assert token.replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize("token", ["x", "????", "e30", "eyJwYWdlIjoxfQ", format_token(Position())[:-4], "A" * 20_000])
def test_what_is_no_token_is_refused_by_name(token: str) -> None:
    with pytest.raises(RejectedError, match="next is no page token") as refused:
        parse_token(Position, token)
    assert refused.value.code == "next"


def test_a_token_that_unpacks_to_more_than_any_of_ours_is_refused() -> None:
    with pytest.raises(RejectedError):
        parse_token(Position, format_token(Position(text="x" * 1_000_000)))


def test_a_part_begins_nothing_new_after_some_seconds_and_asks_nothing_much_later() -> None:
    now = [100.0]
    part = Part.begin(lambda: now[0])
    with part.in_time():
        begin_request()
        assert part.has_time()
        now[0] += PART_S
        assert not part.has_time()
        begin_request()
        now[0] = 100 + LAST_REQUEST_S
        with pytest.raises(OutOfTimeError, match="within 20 s"):
            begin_request()
