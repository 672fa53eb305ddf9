"""The one client for outgoing HTTP: pooled, timed, retried, logged, signed, and translated into our errors."""

import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from itertools import count
from typing import Any, Protocol
from urllib.parse import quote, urlencode

import requests
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential
from urllib3.exceptions import LocationValueError  # requests lets it through for some addresses

from sync_core import __version__
from sync_core.each_request import begin_request, is_about_one_thing
from sync_core.errors import OutOfTimeError, SyncError, ThrottledError, TransientError
from sync_core.exchanges import note_exchange
from sync_core.held_secrets import MASK, spellings
from sync_core.http.bounded import read_body
from sync_core.http.failures import Service, to_connection_error, to_status_error
from sync_core.http.pace import Pace
from sync_core.http.session import PooledSession
from sync_core.http.told_exchange import Ended, told_exchange
from sync_core.json_decoding import decode_or_none
from sync_core.ledger import record_request
from sync_core.logs import get_logger

logger = get_logger(__name__)

ATTEMPTS = 3
LONGEST_WAIT_S = 8.0  # a longer pause belongs to the queue: a waiting function costs money and a thread
CONNECT_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 25.0
LONGEST_PREPARATION_S = 10.0
USER_AGENT = f"purview-cluedin-sync/{__version__}"
SECRET_FIELDS = ("password", "refresh_token")


@dataclass(frozen=True, slots=True)
class Call:
    """One request to make. `idempotent` allows repeating it when its outcome is not known.

    `may_be_bare` says that a success may be a 204 without a body; from any other call that confirms nothing.
    """

    method: str
    path: str
    params: Mapping[str, Any] = field(default_factory=dict)
    json: Any = field(default=None, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)  # it holds a password
    idempotent: bool = True
    operation: str = ""
    may_be_bare: bool = False


@dataclass(frozen=True)
class Answer:
    """What came back, whatever its status. `request_id` is the one that we gave the request."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)  # it may hold a token
    request_id: str

    def json(self) -> Any:
        """Return the decoded body, or None where it is no JSON. Who reads it first pays for all."""
        return self._decoded

    @cached_property
    def _decoded(self) -> Any:
        return decode_or_none(self.body)


class TokenSource(Protocol):
    """Gives the bearer token of one service."""

    def token(self) -> str:
        """Return a token that is valid for the next minutes."""

    def renew(self, refused: str) -> str:
        """Return another token than the refused one."""


@dataclass(frozen=True)
class HttpClient:
    """Sends calls to one service.

    `is_refused` says whether an answer means "token not accepted"; then the token is renewed once and the call
    repeated: what HTTP itself refuses was not carried out. A success that tells of a refusal in its body may be of a
    call carried out in part, so that only an idempotent one is repeated then. A 403 is none: it speaks of the rights to
    one thing, and another token has the same. `on_throttled` hears of each 429, with the seconds asked for, if any.
    `pace` lets what comes too soon wait; signing in does not. A 5xx with a `Retry-After` may be the failure of the one
    thing that was asked for: whose it is, who isolates tells.
    """

    service: Service
    base_url: str
    session: requests.Session = field(default_factory=PooledSession)
    tokens: TokenSource | None = None
    is_refused: Callable[[Answer], bool] = lambda answer: answer.status == HTTPStatus.UNAUTHORIZED
    on_throttled: Callable[[str, float | None], None] = lambda _service, _retry_after_s: None
    sleep: Callable[[float], None] = time.sleep
    pace: Pace = field(default_factory=lambda: Pace(None), repr=False)

    def send(self, call: Call) -> Answer:
        """Send a call and return its successful answer.

        Raises:
            ConfigError: wrong credentials, role or address; the message names the setting and the remedy.
            TransientError: it may work later; raised at once for a call that is not idempotent.
            RejectedError, NotFoundError: the service refuses this call for good.
        """
        retrying = Retrying(
            stop=stop_after_attempt(ATTEMPTS if call.idempotent else 1),
            retry=retry_if_exception(_is_worth_a_wait),
            wait=_wait_as_asked,
            sleep=self.sleep,
            reraise=True,
        )
        return retrying(self._send_once, call, count())

    def _send_once(self, call: Call, resends: Iterator[int]) -> Answer:
        answer = self._send_signed(call, resends)
        if call.may_be_bare and answer.status == HTTPStatus.NO_CONTENT:
            return answer
        error = to_status_error(self.service, call.operation or f"{call.method} {call.path}", answer)
        if error is None:
            return answer
        self.note_pause(error)
        raise error

    def note_pause(self, error: SyncError) -> None:
        """Pass on that the service asks us to slow down, also where an answer says so in its body."""
        if isinstance(error, ThrottledError) and not is_about_one_thing():
            self.on_throttled(self.service.name, error.retry_after_s)

    def _send_signed(self, call: Call, resends: Iterator[int]) -> Answer:
        if self.tokens is None:  # it signs in, for all threads
            return self._exchange(call, None, next(resends))
        self.pace.take(call.operation)
        begin_request()
        started = time.monotonic()
        token = self.tokens.token()
        begin_request()
        self._check_haste(call, started)
        answer = self._exchange(call, token, next(resends))
        if self.is_refused(answer):
            token = self.tokens.renew(token)
            if not call.idempotent and answer.status < HTTPStatus.BAD_REQUEST:
                return answer
            begin_request()
            self._check_haste(call, started)
            answer = self._exchange(call, token, next(resends))
        return answer

    def _check_haste(self, call: Call, started: float) -> None:
        """A call that may not be repeated must go out while its caller still holds the claim to make it."""
        if not call.idempotent and time.monotonic() - started > LONGEST_PREPARATION_S:
            raise TransientError(f"Signing in to {self.service.title} took too long.", service=self.service.name)

    def _exchange(self, call: Call, token: str | None, resends: int) -> Answer:
        request_id = uuid.uuid4().hex
        about = (self.service.name, self.base_url, call.method, call.operation)
        with told_exchange(*about, request_id=request_id, resends=resends) as ended:
            return self._ask(call, token, request_id, ended)

    def _ask(self, call: Call, token: str | None, request_id: str, ended: Ended) -> Answer:
        headers = {
            "Accept": "application/json",
            "User-Agent": USER_AGENT,
            "x-ms-client-request-id": request_id,
        }
        record_request(self.service.name)
        started = time.monotonic()
        try:
            response = self.session.request(
                call.method,
                self.base_url + call.path,
                params=_query(call.params),
                json=call.json,
                data=call.form,
                headers=headers,
                auth=_Bearer(token),
                timeout=(CONNECT_TIMEOUT_S, READ_TIMEOUT_S),
                allow_redirects=False,  # a redirect would carry the bearer token elsewhere
                stream=True,
            )
            body = read_body(response, self.service.name)
        except (requests.RequestException, LocationValueError) as error:
            self._log(call, type(error).__name__, started, request_id, ended)
            raise to_connection_error(self.service, call.operation or call.path, error) from error
        self._log(call, response.status_code, started, request_id, ended)
        told = _without_echo(body, _secrets(call, token, is_ok=response.ok))
        return Answer(response.status_code, response.headers, told, request_id)

    def _log(self, call: Call, result: int | str, started: float, request_id: str, ended: Ended) -> None:
        duration_s = time.monotonic() - started
        ended(result, duration_s)
        duration_ms = round(duration_s * 1000)
        what = f"{call.method} {call.path} {call.operation}".rstrip()
        note_exchange(self.service.name, what, result, duration_ms, request_id)
        fields = {"service": self.service.name, "result": result, "duration_ms": duration_ms, "request_id": request_id}
        logger.info(
            "%s %s %s %s -> %s, %s ms, request %s",
            *(self.service.name, call.method, call.path, call.operation, result, duration_ms, request_id),
            extra=fields,
        )


def _query(params: Mapping[str, Any]) -> str:
    """A space as `%20`: only forms may write it as `+`, which Purview takes literally in a query.

    Source: wjohnson/pyapacheatlas#286; Microsoft's own client sends `%20`.
    """
    return urlencode(params, doseq=True, quote_via=quote, safe="", errors="replace")


def _secrets(call: Call, token: str | None, *, is_ok: bool) -> list[str]:
    """The secrets that a request carried. What a token endpoint gives is not an echo, even if it is the same again."""
    form = {} if is_ok else call.form or {}
    return [secret for secret in (token, *(form.get(name) for name in SECRET_FIELDS)) if secret]


def _without_echo(body: bytes, secrets: Sequence[str]) -> bytes:
    """Mask what we sent: some services answer a failure with the request, and failures are logged and kept."""
    for secret in secrets:
        for spelling in sorted(spellings(secret), key=len, reverse=True):
            body = body.replace(spelling.encode(), MASK.encode())
    return body


def _is_worth_a_wait(error: BaseException) -> bool:
    """A service that asks to slow down without saying for how long is asked again by the queue, much later.

    So is one thing that it refuses, as often as it is asked about.
    """
    if isinstance(error, ThrottledError) and (error.retry_after_s is None or is_about_one_thing()):
        return False
    if isinstance(error, OutOfTimeError):
        return False
    return isinstance(error, TransientError) and (error.retry_after_s or 0) <= LONGEST_WAIT_S


def _wait_as_asked(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after_s if isinstance(error, TransientError) else None
    jitter = wait_random_exponential(multiplier=0.5, max=LONGEST_WAIT_S)(state)
    return jitter if asked is None else asked + min(jitter, 1.0)


@dataclass(frozen=True)
class _Bearer(requests.auth.AuthBase):
    """Signs a request. Giving requests an auth of ours also keeps it from looking for one in a .netrc file."""

    token: str | None = field(repr=False)

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self.token is not None:
            request.headers["Authorization"] = f"Bearer {self.token}"
        return request
