"""How CluedIn's answers are read: every variant that the public sources leave open, and none that is not an answer."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync_core.cluedin.client import CLUEDIN
from sync_core.cluedin.lists import ListPage
from sync_core.cluedin.wire import (
    GROUPS,
    DataSource,
    DataSourceSet,
    failed_members,
    parse_author_id,
    parse_configuration,
    parse_created_id,
    parse_data_source_sets,
    parse_organization_id,
    raise_for_errors,
    says_unauthenticated,
)
from sync_core.errors import (
    AddressError,
    AlreadyExistsError,
    ConfigError,
    CredentialsError,
    NotFoundError,
    RejectedError,
    SlowAnswerError,
    SyncError,
    ThrottledError,
    TransientError,
)
from tests.unit.sync_core.strategies import ANY_JSON, damaged

SOUND_GROUP = {"id": "3", "name": "Account.csv", "dataSources": [{"id": "1", "name": "https://lake/Account"}]}
PAGE = {"inbound": {"dataSourceSets": {"total": 1, "data": [SOUND_GROUP]}}}
GROUP = DataSourceSet("3", "Account.csv", (DataSource("1", "https://lake/Account"),))


def page(**group: Any) -> dict[str, Any]:
    return {"inbound": {"dataSourceSets": {"total": 1, "data": [{**SOUND_GROUP, **group}]}}}


def created(identifier: Any) -> dict[str, Any]:
    return {"inbound": {"createDataSource": identifier}}


def failure(message: str = "409: Conflict", code: str = "INTERNAL_SERVER_ERROR", **response: Any) -> dict[str, Any]:
    extensions = {"code": code, **({"response": response} if response else {})}
    return {"errors": [{"message": message, "extensions": extensions}], "data": {"inbound": None}}


def test_a_page_of_groups_tells_its_total_and_each_groups_sources() -> None:
    assert parse_data_source_sets(PAGE) == ListPage(1, {"3": GROUP})


def test_ids_may_be_numbers() -> None:
    numbered = page(id=3, dataSources=[{"id": 1, "name": "https://lake/Account"}])
    assert parse_data_source_sets(numbered) == ListPage(1, {"3": GROUP})


def test_a_total_that_is_not_told_is_none() -> None:
    assert parse_data_source_sets({"inbound": {"dataSourceSets": {"data": []}}}) == ListPage(None, {})


@pytest.mark.parametrize("nothing", [None, []])
def test_a_group_without_sources_is_empty(nothing: Any) -> None:
    (group,) = parse_data_source_sets(page(dataSources=nothing)).rows.values()
    assert (group, group.is_empty) == (DataSourceSet("3", "Account.csv", ()), True)


@pytest.mark.parametrize("row", [None, "3", 3, {}, {"id": None, "name": "x"}, {"id": "", "name": "x"}])
def test_a_group_without_an_id_cannot_be_read_and_the_others_can(row: Any) -> None:
    data = {"inbound": {"dataSourceSets": {"total": 2, "data": [row, SOUND_GROUP]}}}
    assert parse_data_source_sets(data) == ListPage(2, {"3": GROUP}, unreadable=1)


@pytest.mark.parametrize("source", [None, "1", {"name": "no id"}, {"id": None}])
def test_a_group_whose_sources_cannot_all_be_read_is_not_empty(source: Any) -> None:
    (group,) = parse_data_source_sets(page(dataSources=[source])).rows.values()
    assert (group.data_sources, group.unreadable_sources, group.is_empty) == ((), 1, False)


def test_a_group_that_failed_in_part_is_not_empty() -> None:
    (group,) = parse_data_source_sets(page(dataSources=None), frozenset({0})).rows.values()
    assert not group.is_empty


MEMBER = {"message": "boom", "path": [*GROUPS, 1, "dataSources", 0]}


@pytest.mark.parametrize(
    ("error", "failed"),
    [
        (MEMBER, {1}),
        ({**MEMBER, "path": [*GROUPS, 1]}, {1}),
        ({**MEMBER, "extensions": {"code": "FORBIDDEN"}}, {1}),
        ({**MEMBER, "extensions": {"code": "UNAUTHENTICATED"}}, set()),
        ({**MEMBER, "path": [*GROUPS]}, set()),
        ({**MEMBER, "path": ["inbound", "dataSourceSets", "total"]}, set()),
        ({**MEMBER, "path": [*GROUPS, True]}, set()),
        ({"message": "boom"}, set()),
    ],
)
def test_an_error_about_one_member_of_a_list_is_no_failure_of_the_list(error: Any, failed: set[int]) -> None:
    body = {"data": PAGE, "errors": [error]}
    assert failed_members(body, GROUPS) == failed
    if failed:
        assert raise_for_errors(CLUEDIN, "getAllDataSourceSet", body, GROUPS) == PAGE
    else:
        with pytest.raises(SyncError):
            raise_for_errors(CLUEDIN, "getAllDataSourceSet", body, GROUPS)
    with pytest.raises(SyncError):
        raise_for_errors(CLUEDIN, "getAllDataSourceSet", body)


@pytest.mark.parametrize(
    "unreadable",
    [
        {"inbound": None},
        {"inbound": {"dataSourceSets": None}},
        {"inbound": {"dataSourceSets": {"total": 1, "data": {}}}},
        page(dataSources=1),
    ],
)
def test_what_is_no_page_of_groups_is_not_taken_for_an_empty_one(unreadable: dict[str, Any]) -> None:
    with pytest.raises(TransientError):
        parse_data_source_sets(unreadable)


@pytest.mark.parametrize("identifier", [7, "7", {"id": 7}, {"id": "7", "name": "x"}])
def test_a_created_id_comes_as_number_text_or_object(identifier: Any) -> None:
    assert parse_created_id(created(identifier), "createDataSource") == "7"


@pytest.mark.parametrize("identifier", [None, "", {}, {"id": None}, [7], True])
def test_a_creation_without_an_id_has_an_unknown_outcome(identifier: Any) -> None:
    with pytest.raises(TransientError, match="outcome is not known"):
        parse_created_id(created(identifier), "createDataSource")


@pytest.mark.parametrize("spelling", ["id", "Id"])
def test_the_author_is_read_in_either_spelling(spelling: str) -> None:
    assert parse_author_id({"administration": {"me": {"client": {spelling: "user-1"}}}}) == "user-1"


@pytest.mark.parametrize("me", [None, {}, {"client": None}, {"client": "text"}, {"client": {"id": None}}])
def test_an_author_that_is_not_told_is_empty(me: Any) -> None:
    assert parse_author_id({"administration": {"me": me}}) == ""


def test_settings_are_a_flat_map_of_strings() -> None:
    told = {"Purview.SyncDataSources.Enabled": True, "Purview.BaseUrl": None, "Purview.SyncDataSources.Keywords": '"A"'}
    assert parse_configuration({"administration": {"configurationSettings": told}}) == {
        "Purview.SyncDataSources.Enabled": "True",
        "Purview.BaseUrl": "",
        "Purview.SyncDataSources.Keywords": '"A"',
    }


def test_settings_that_are_not_shown_are_a_matter_of_rights() -> None:
    with pytest.raises(ConfigError, match="SYNC_SETTINGS_SOURCE=app"):
        parse_configuration({"administration": {"configurationSettings": None}})
    with pytest.raises(ConfigError, match="access to Administration"):
        parse_organization_id({"administration": {"organization": None}})


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (failure("401: Unauthorized", "UNAUTHENTICATED", status=401), CredentialsError),
        (failure("403: Forbidden", "FORBIDDEN", status=403), ConfigError),
        (failure("409: Conflict", status=409), AlreadyExistsError),
        (failure("409: Conflict"), AlreadyExistsError),
        (failure("Request failed with status code 409"), AlreadyExistsError),
        (failure("Error: 409: Conflict"), AlreadyExistsError),
        (failure("A data source set of this name already exists", status=400), AlreadyExistsError),
        (failure("503: 409 requests are waiting", status=503), TransientError),
        (failure("400: Bad Request", status="400"), RejectedError),
        (failure("404: Not Found", status=404), NotFoundError),
        (failure('Cannot query field "x"', "GRAPHQL_VALIDATION_FAILED"), RejectedError),
        (failure("500: Internal Server Error", status=500), TransientError),
        (failure("429: Too Many Requests", status=429), ThrottledError),
        (failure("504: Gateway Timeout"), SlowAnswerError),
        (failure("connect ECONNREFUSED"), TransientError),
        ({"errors": ["boom"], "data": {"inbound": {}}}, TransientError),
        ({"errors": {"message": "boom"}, "data": {"inbound": {}}}, TransientError),
        ({"errors": [], "data": None}, TransientError),
        ({"data": []}, TransientError),
        ("<html>", AddressError),
        ({"status": "ok"}, AddressError),
        ([], AddressError),
        (None, TransientError),
    ],
)
def test_an_error_beside_data_is_a_failure_of_the_kind_it_names(body: Any, error: type[SyncError]) -> None:
    with pytest.raises(error) as caught:
        raise_for_errors(CLUEDIN, "createDataSource", body)
    assert type(caught.value) is error
    assert "createDataSource" in str(caught.value)


def test_a_conflict_is_known_by_its_code() -> None:
    with pytest.raises(RejectedError) as caught:
        raise_for_errors(CLUEDIN, "createDataSourceSet", failure("409: Conflict"))
    assert caught.value.code == "409"


def test_data_without_errors_is_the_answer() -> None:
    assert raise_for_errors(CLUEDIN, "me", {"data": {"inbound": {}}, "errors": []}) == {"inbound": {}}


def test_a_refused_token_is_seen_wherever_its_error_stands() -> None:
    errors = [{"message": "x"}, {"message": "401", "extensions": {"code": "UNAUTHENTICATED"}}]
    assert says_unauthenticated({"errors": errors})
    assert not says_unauthenticated({"errors": errors[:1]})


PARSERS: tuple[Callable[[Any], Any], ...] = (
    parse_data_source_sets,
    parse_author_id,
    parse_organization_id,
    parse_configuration,
    lambda data: parse_created_id(data, "createDataSource"),
    lambda body: raise_for_errors(CLUEDIN, "me", body),
    says_unauthenticated,
)
SOUND: tuple[Any, ...] = (
    PAGE,
    created({"id": 7}),
    {"administration": {"me": {"client": {"id": "user-1"}}, "organization": {"Id": "org-1"}}},
    {"administration": {"configurationSettings": {"Purview.BaseUrl": "x"}}},
    failure("409: Conflict", status=409),
)


@settings(max_examples=300)
@given(ANY_JSON | st.sampled_from(SOUND).flatmap(damaged))
def test_whatever_cluedin_answers_only_our_own_errors_escape(body: Any) -> None:
    for parse in PARSERS:
        with suppress(SyncError):
            parse(body)


@given(damaged(PAGE))
def test_a_damaged_page_is_unreadable_or_shows_groups_that_have_ids(body: Any) -> None:
    with suppress(SyncError):
        groups = parse_data_source_sets(body).rows.values()
        assert all(group.id and all(source.id for source in group.data_sources) for group in groups)
