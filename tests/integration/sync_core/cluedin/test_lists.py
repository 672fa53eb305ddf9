"""Listing data source groups from servers that page in their own way, or change while they are read.

A group that is missed would be made a second time: a list that ends short is read once more, then believed.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from starlette.responses import JSONResponse, Response

from sync_core.cluedin.client import CLUEDIN, CluedInClient, is_refused
from sync_core.errors import AddressError, TransientError
from sync_core.http.client import HttpClient
from sync_core.http.tokens import GivenToken
from tests.kit.scripted import Asked, Scripted


@pytest.fixture
def client(service: Scripted) -> CluedInClient:
    door = HttpClient(CLUEDIN, service.url, tokens=GivenToken("a.b.c"), is_refused=is_refused, sleep=lambda _: None)
    return CluedInClient(door)


def page(numbers: Sequence[int], total: object) -> Response:
    groups = [{"id": str(number), "name": f"group {number}", "dataSources": []} for number in numbers]
    told = {} if total is None else {"total": total}
    return JSONResponse({"data": {"inbound": {"dataSourceSets": {"data": groups, **told}}}})


def paged(size: int, *, tells_total: bool = True, count: int = 25) -> Callable[[Asked], Response]:
    """Answer as a server that caps its pages."""

    def answer(asked: Asked) -> Response:
        variables: dict[str, Any] = json.loads(asked.body)["variables"]
        start = variables["page"] * size
        return page(range(count)[start : start + size], count if tells_total else None)

    return answer


def listed(client: CluedInClient) -> list[str]:
    return [group.id for group in client.fetch_groups("")]


@pytest.mark.parametrize("size", [4, 7, 25, 100])
def test_a_server_that_caps_its_pages_is_read_to_the_end(service: Scripted, client: CluedInClient, size: int) -> None:
    service.answers = [paged(size)] * 30
    assert listed(client) == [str(number) for number in range(25)]


@pytest.mark.parametrize("count", [0, 10, 25])
def test_a_server_that_tells_no_total_is_read_until_a_page_is_empty(
    service: Scripted, client: CluedInClient, count: int
) -> None:
    service.answers = [paged(10, tells_total=False, count=count)] * 10
    assert len(listed(client)) == count
    assert len(service.asked) == -(-count // 10) + 1


def test_a_server_that_ignores_the_page_number_and_tells_no_total_does_not_keep_us_for_ever(
    service: Scripted, client: CluedInClient
) -> None:
    service.answers = [page([1, 2], None)] * 5
    assert listed(client) == ["1", "2"]
    assert len(service.asked) == 2


@pytest.mark.parametrize("once", [[page([], 3)], [page([1, 2], 3), page([], 3)], [page([1, 2], 3), page([1, 2], 3)]])
def test_a_list_that_ends_before_its_total_is_read_once_more_and_believed(
    service: Scripted, client: CluedInClient, once: list[Response]
) -> None:
    service.answers = [*once, *once]
    groups = client.fetch_groups("")
    assert {group.id for group in groups} <= {"1", "2"}
    assert "3 counted" in groups.doubt
    assert (service.answers, len(service.asked)) == ([], 2 * len(once))


def test_a_group_deleted_while_the_list_is_read_hides_no_other_one(service: Scripted, client: CluedInClient) -> None:
    # Group 0 is deleted after the first page, so that group 2 moves up to where nobody looks any more.
    service.answers = [page([0, 1], 4), page([3], 3), page([1, 2], 3), page([3], 3)]
    groups = client.fetch_groups("")
    assert [group.id for group in groups] == ["0", "1", "3", "2"]
    assert groups.doubt == ""


@pytest.mark.parametrize(
    "answers",
    [
        [page([0, 1], 3), page([2, 3], 4)],
        [page([2, 1], 3), page([1, 0], 4), page([], 4)],
        [page([1, 0], 2)],
    ],
)
def test_a_group_made_while_the_list_is_read_does_no_harm(
    service: Scripted, client: CluedInClient, answers: list[Response]
) -> None:
    service.answers = [*answers]
    assert {"0", "1"} <= set(listed(client)) <= {"0", "1", "2", "3"}
    assert service.answers == []


def test_a_server_that_shows_nothing_readable_for_ever_does_not_keep_us_for_ever(
    service: Scripted, client: CluedInClient
) -> None:
    nothing = JSONResponse({"data": {"inbound": {"dataSourceSets": {"data": [None]}}}})
    service.answers = [nothing] * 9
    assert listed(client) == []
    assert len(service.asked) == 2


def test_a_list_that_always_has_news_ends_with_its_time(service: Scripted, client: CluedInClient) -> None:
    service.answers = [page([number], None) for number in range(500)]
    groups = client.fetch_groups("")
    groups.within_s = 0.1
    with pytest.raises(TransientError, match="did not end in time"):
        list(groups)


@pytest.mark.parametrize(
    ("body", "error"),
    [({"data": None}, TransientError), ({"data": {"inbound": {}}}, TransientError), (["x"], AddressError)],
)
def test_what_is_no_list_is_not_an_empty_one(
    service: Scripted, client: CluedInClient, body: Any, error: type[Exception]
) -> None:
    service.answers = [JSONResponse(body)]
    with pytest.raises(error):
        listed(client)
    service.answers = [Response("<html>Sign in</html>")]
    with pytest.raises(AddressError, match=r"a web page: <html>Sign in</html>.*check CLUEDIN_URL"):
        listed(client)
