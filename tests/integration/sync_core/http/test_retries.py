"""What the door does when a service fails: repeat what may be repeated, wait as asked, and no longer."""

import time
from collections import Counter
from contextvars import copy_context
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from threading import Thread

import pytest
from starlette.responses import JSONResponse, Response

from sync_core.errors import ConfigError, RejectedError, ThrottledError, TransientError
from sync_core.http import client as http
from sync_core.http.client import ATTEMPTS, LONGEST_WAIT_S, Call
from sync_core.http.session import PooledSession
from sync_core.ledger import request_ledger
from tests.kit.scripted import LIBRARY, NumberedTokens, Scripted, make_door

GET = Call("GET", "/books")
CREATE = Call("POST", "/books", json={"title": "Emma"}, idempotent=False)


def fail(status: int = 503, **headers: str) -> Response:
    return Response("down", status, headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize("status", [408, 425, 500, 502, 503, 504])
def test_a_passing_failure_is_repeated(service: Scripted, status: int) -> None:
    service.answers = [fail(status), fail(status), JSONResponse({"title": "Emma"})]
    assert make_door(service).send(GET).json() == {"title": "Emma"}
    assert len(service.asked) == 3


def test_a_broken_connection_is_repeated(service: Scripted) -> None:
    service.answers = [None, JSONResponse(["book"])]
    assert make_door(service).send(GET).json() == ["book"]


def test_a_failure_that_lasts_is_reported_after_the_last_attempt(service: Scripted) -> None:
    service.answers = [fail() for _ in range(9)]
    with pytest.raises(TransientError, match="The Library answered 503 to GET /books: down") as caught:
        make_door(service).send(GET)
    assert len(service.asked) == ATTEMPTS
    assert (caught.value.service, caught.value.retry_after_s) == (LIBRARY.name, None)


@pytest.mark.parametrize("status", [400, 404, 409, 413])
def test_a_refusal_is_not_repeated(service: Scripted, status: int) -> None:
    service.answers = [JSONResponse({"errorCode": "NO"}, status)]
    with pytest.raises(RejectedError):
        make_door(service).send(GET)
    assert len(service.asked) == 1


@pytest.mark.parametrize("answer", [fail(503), fail(429, Retry_After="1"), None])
def test_a_call_whose_outcome_is_unknown_is_never_repeated_if_it_is_not_idempotent(
    service: Scripted, answer: Response | None
) -> None:
    service.answers = [answer]
    with pytest.raises(TransientError):
        make_door(service).send(CREATE)
    assert len(service.asked) == 1


def test_waits_between_tries_are_random_and_bounded(service: Scripted) -> None:
    waits: list[float] = []
    door = make_door(service, sleep=waits.append)
    for _ in range(6):
        service.answers = [fail(), fail()]
        door.send(GET)
    first, second = waits[::2], waits[1::2]
    assert len(set(waits)) > 8
    assert min(waits) >= 0
    assert (max(first) <= 0.5, max(second) <= 1.0) == (True, True)


def test_a_short_pause_that_the_service_asks_for_is_kept(service: Scripted) -> None:
    waits: list[float] = []
    service.answers = [fail(429, Retry_After="2")]
    make_door(service, sleep=waits.append).send(GET)
    assert 2 <= waits[0] <= 3


def test_a_service_that_asks_to_slow_down_without_saying_for_how_long_is_not_asked_again_at_once(
    service: Scripted,
) -> None:
    service.answers = [fail(429)]
    with pytest.raises(ThrottledError):
        make_door(service).send(GET)
    assert len(service.asked) == 1


def test_a_pause_may_be_asked_for_as_a_date(service: Scripted) -> None:
    """It counts from the date of the answer, which the server here renews only now and then: the test reads it."""
    waits: list[float] = []
    answered: list[datetime] = []
    session = PooledSession()
    session.hooks["response"] = lambda answer, **_: answered.append(parsedate_to_datetime(answer.headers["Date"]))
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=5)
    service.answers = [fail(503, Retry_After=format_datetime(until, usegmt=True))]
    make_door(service, sleep=waits.append, session=session).send(GET)
    asked_s = (until - answered[0]).total_seconds()
    assert asked_s <= waits[0] <= asked_s + 0.5


def test_a_long_pause_is_not_waited_for_but_told(service: Scripted) -> None:
    waits: list[float] = []
    asked_s = LONGEST_WAIT_S + 52
    service.answers = [fail(429, Retry_After=str(asked_s))]
    with pytest.raises(TransientError) as caught:
        make_door(service, sleep=waits.append).send(GET)
    assert (waits, len(service.asked), caught.value.retry_after_s) == ([], 1, asked_s)


def test_whoever_watches_hears_of_each_429_and_not_of_what_may_be_one_things_failure(service: Scripted) -> None:
    heard: list[tuple[str, float | None]] = []
    service.answers = [fail(429, Retry_After="1"), fail(503), fail(503, Retry_After="2"), fail(429)]
    door = make_door(service, on_throttled=lambda name, retry_after_s: heard.append((name, retry_after_s)))
    for _ in range(2):
        with pytest.raises(TransientError):
            door.send(GET)
    assert heard == [("library", 1.0), ("library", None)]


@pytest.mark.parametrize("call", [GET, CREATE])
def test_a_refused_token_is_renewed_once_and_the_call_made_again(service: Scripted, call: Call) -> None:
    service.answers = [fail(401)]
    tokens = NumberedTokens()
    make_door(service, tokens=tokens).send(call)
    assert service.headers("authorization") == ["Bearer token-1", "Bearer token-2"]
    assert tokens.refused == ["token-1"]


@pytest.mark.parametrize(
    "body",
    [
        {"errorCode": "ATLAS-403-00-001", "errorMessage": "not authorised"},
        {"error": {"code": "Unauthorized", "message": "Not authorized to access account"}},
        {"errors": [{"message": "no", "extensions": {"code": "FORBIDDEN"}}]},
        None,
    ],
)
@pytest.mark.parametrize("call", [GET, CREATE])
def test_what_may_not_be_read_throws_no_token_away(service: Scripted, body: object, call: Call) -> None:
    service.answers = [JSONResponse(body, 403) if body else fail(403)]
    tokens = NumberedTokens()
    with pytest.raises(ConfigError, match="Give the app a library card"):
        make_door(service, tokens=tokens).send(call)
    assert (tokens.refused, len(service.asked)) == ([], 1)


class SlowTokens(NumberedTokens):
    """Signing in takes a while."""

    def token(self) -> str:
        time.sleep(0.1)
        return super().token()


def test_a_creation_does_not_go_out_when_signing_in_used_up_the_time_of_its_claim(
    service: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "LONGEST_PREPARATION_S", 0.05)
    door = make_door(service, tokens=SlowTokens())
    with pytest.raises(TransientError, match="Signing in to The Library took too long"):
        door.send(CREATE)
    assert service.asked == []
    door.send(GET)
    assert len(service.asked) == 1


def test_a_renewed_token_that_is_refused_too_is_for_a_person_to_mend(service: Scripted) -> None:
    service.answers = [fail(401) for _ in range(9)]
    with pytest.raises(ConfigError, match=r"Check LIBRARY_PASSWORD\."):
        make_door(service, tokens=NumberedTokens()).send(GET)
    assert len(service.asked) == 2


def test_the_ledger_counts_each_attempt(service: Scripted) -> None:
    service.answers = [fail(), None, fail(401)]
    with request_ledger() as counts:
        make_door(service, tokens=NumberedTokens()).send(GET)
    assert counts == Counter(library=4) == Counter(library=len(service.asked))


def test_the_ledger_counts_what_threads_ask_that_were_started_with_its_context(service: Scripted) -> None:
    door = make_door(service)
    with request_ledger() as counts:
        threads = [Thread(target=copy_context().run, args=(door.send, GET)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert counts == Counter(library=8)


def test_without_a_ledger_nothing_is_counted_and_nothing_fails(service: Scripted) -> None:
    with request_ledger() as counts:
        """A ledger that is closed before the call."""
    make_door(service).send(GET)
    assert counts == Counter()
