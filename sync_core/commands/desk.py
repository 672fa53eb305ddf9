"""Who answers a command: the app as it is built here from the environment's settings, or the one that runs elsewhere.

Both take the same requests and give the same JSON values: a question is the query of `GET status`, an order the body of
`POST actions`.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Protocol

from sync_core.commands.exits import WrongRequestError
from sync_core.errors import ConfigError, NotFoundError, RejectedError, SyncError, TransientError, UnforeseenError
from sync_core.json_decoding import decode_or_none

JsonObject = dict[str, Any]
NOT_THE_APP = (
    "What answers is not the app: expected its address, such as https://APP.azurewebsites.net, and that it has started."
)
NO_ENTRY = (
    "Set SYNC_APP_KEY to a host key of the app (a function's own key opens that function only), or give --scope where "
    "the app wants people to sign in (WEB_SIGN_IN=entra)."
)


class Desk(Protocol):
    """Answers requests.

    Each raises:
        WrongRequestError: the request is not one that the app takes.
        ConfigError, TransientError: nobody could be asked.
        RejectedError: the app refuses it.
    """

    def ask(self, query: Mapping[str, str]) -> JsonObject:
        """Return what `GET status` answers to a query."""

    def act(self, order: Mapping[str, Any]) -> JsonObject:
        """Return what `POST actions` answers to a body."""


def act_until_done(desk: Desk, order: Mapping[str, Any]) -> JsonObject:
    """Return what an order came to; the app does what takes longer than it may in parts, and the same again goes on."""
    answer = desk.act(order)
    done = answer["done"]
    while answer.get("left") and answer["done"]:
        answer = desk.act(order)
        done += answer["done"]
    return {**answer, "done": done}


def read_answer(status: int, body: str | bytes) -> JsonObject:
    """Return the value of an answer of the app.

    Raises:
        SyncError: the answer is a problem, or not the app's.
    """
    value = decode_or_none(body)
    if status < HTTPStatus.MULTIPLE_CHOICES and isinstance(value, dict):
        return value
    told: JsonObject = value if isinstance(value, dict) else {}
    raise _error_of(status, str(told.get("detail", "")), str(told.get("causeClass", "")))


def _error_of(status: int, detail: str, cause_class: str) -> SyncError:
    match status:
        case HTTPStatus.BAD_REQUEST if detail:
            return WrongRequestError(detail)
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
            return ConfigError(f"The app answered {status}: it does not let you in. {NO_ENTRY}")
        case HTTPStatus.TOO_MANY_REQUESTS:
            return TransientError(f"The app answered {status}. Try again later. {detail}")
        case _ if status >= HTTPStatus.INTERNAL_SERVER_ERROR and cause_class == ConfigError.cause_class:
            return ConfigError(detail)
        case _ if cause_class == UnforeseenError.cause_class:
            return UnforeseenError(detail)
        case _ if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return TransientError(detail or f"The app answered {status}. Look at its log.")
        case _ if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
            return ConfigError(f"The app answered {status} and leads elsewhere, to a sign-in perhaps. {NO_ENTRY}")
        case HTTPStatus.NOT_FOUND if detail:
            return NotFoundError(detail)
        case _ if detail:
            return RejectedError(detail)
        case _:
            return ConfigError(f"The answer was {status}. {NOT_THE_APP}")
