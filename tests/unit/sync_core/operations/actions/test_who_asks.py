"""From where a form comes, and who is signed in: what browsers and the platform say, and what anybody may write."""

import pytest

from sync_core.operations.actions.parse import Person
from sync_core.operations.actions.same_origin import is_of_another_page
from sync_core.operations.actions.signed_in import find_signed_in

HOST = {"host": "app.example"}


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "same-origin", "origin": "null"},  # our pages tell no referrer
        {"origin": "https://app.example"},
        {"origin": "https://APP.example"},
        {},  # no browser: a program that has read the page, and sends one of its buttons
    ],
)
def test_a_form_of_our_own_page_is_taken(headers: dict[str, str]) -> None:
    assert not is_of_another_page({**HOST, **headers})


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "null"},
        {"origin": ""},
        {"origin": "https://evil.example"},
        {"origin": "https://app.example.evil.example"},
        {"origin": "app.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"sec-fetch-site": "cross-site", "origin": "https://app.example"},
    ],
)
def test_a_form_of_any_other_page_is_not(headers: dict[str, str]) -> None:
    assert is_of_another_page({**HOST, **headers})


def test_without_a_host_nothing_is_our_own() -> None:
    assert is_of_another_page({"origin": "https://"})


SIGNED_IN = {"X-MS-CLIENT-PRINCIPAL-NAME": "ada@example.com", "X-MS-CLIENT-PRINCIPAL-ID": "0a1b"}
ON = {"WEBSITE_AUTH_ENABLED": "True"}


@pytest.mark.parametrize("environment", [{}, {"WEBSITE_AUTH_ENABLED": "False"}, {"WEBSITE_AUTH_ENABLED": ""}])
def test_while_the_platforms_sign_in_is_off_no_header_makes_anybody(environment: dict[str, str]) -> None:
    assert find_signed_in(SIGNED_IN, environment) is None


def test_the_platform_tells_who_is_signed_in() -> None:
    assert find_signed_in(SIGNED_IN, ON) == Person("ada@example.com", is_signed_in=True)
    assert find_signed_in({"x-ms-client-principal-id": "0a1b"}, ON) == Person("0a1b", is_signed_in=True)


@pytest.mark.parametrize(
    "headers", [{}, {"X-MS-CLIENT-PRINCIPAL-NAME": "ada@example.com"}, {"X-MS-CLIENT-PRINCIPAL-ID": " "}]
)
def test_who_has_no_id_is_nobody(headers: dict[str, str]) -> None:
    assert find_signed_in(headers, ON) is None


def test_a_name_makes_no_line_of_its_own() -> None:
    found = find_signed_in({**SIGNED_IN, "X-MS-CLIENT-PRINCIPAL-NAME": "a\u202eb" + "c" * 300}, ON)
    assert found is not None
    assert found.name.startswith("a\\u202eb")
    assert len(found.name) == 200
