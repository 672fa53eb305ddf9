"""The CluedIn client against a simulated organization, in each behaviour that the public sources leave open."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from local.cluedin.admin import actions
from local.cluedin.admin.bodies import NewGroup, NewSource
from local.cluedin.behaviour.data_sources import create_data_source_set
from local.cluedin.seed import ORGANIZATION, SERVICE_ACCOUNT
from local.cluedin.simulator import CluedIn
from local.simulation import Effect, Fault, Match
from sync_core.cluedin.client import CLUEDIN, CluedInClient, is_refused
from sync_core.errors import ConfigError, NotFoundError, RejectedError, TransientError
from sync_core.http.client import HttpClient
from sync_core.http.tokens import PasswordTokens
from tests.kit.scripted import operations

ME = "administration.me"
CREATE_GROUP = "inbound.createDataSourceSet"
INVALID_DOCUMENT = {
    "errors": [{"message": 'Cannot query field "x" on type "Y"', "extensions": {"code": "GRAPHQL_VALIDATION_FAILED"}}]
}


@pytest.fixture
def client(cluedin_url: str) -> CluedInClient:
    account = (ORGANIZATION.client_id, SERVICE_ACCOUNT.username, SERVICE_ACCOUNT.password)
    tokens = PasswordTokens(HttpClient(CLUEDIN, cluedin_url), *account)
    return CluedInClient(HttpClient(CLUEDIN, cluedin_url, tokens=tokens, is_refused=is_refused, sleep=lambda _: None))


def add_groups(cluedin: CluedIn, *names: str) -> None:
    for name in names:
        create_data_source_set(cluedin.store, cluedin.switches, name=name, author_id=SERVICE_ACCOUNT.id)


def fail(cluedin: CluedIn, operation: str, **effect: Any) -> None:
    cluedin.faults.add(Fault(match=Match(operation=f"{operation}$"), effect=Effect(**effect)))


@pytest.mark.parametrize("answer", ["int", "string"])
def test_a_group_and_its_source_are_made_by_the_service_account(
    cluedin: CluedIn, client: CluedInClient, answer: str
) -> None:
    cluedin.patch_switches({"create_data_source_set_answer": answer})
    group = client.create_group("Account.csv")
    source = client.create_source(group.id, "https://lake.example/Account.csv")
    (shown,) = client.fetch_groups("Account")
    assert (shown.id, shown.name) == (group.id, "Account.csv")
    assert [(found.id, found.name) for found in shown.data_sources] == [(source.id, "https://lake.example/Account.csv")]
    (stored,) = cluedin.store.data_sources.values()
    assert (stored.type, stored.author_id) == ("endpoint", SERVICE_ACCOUNT.id)
    assert group.request_id != source.request_id


@pytest.mark.parametrize("spelling", ["id", "Id"])
def test_the_author_is_the_caller_in_either_spelling(cluedin: CluedIn, client: CluedInClient, spelling: str) -> None:
    cluedin.patch_switches({"me_client_id_spelling": spelling})
    client.create_group("Account.csv")
    assert [group.author_id for group in cluedin.store.data_source_sets.values()] == [SERVICE_ACCOUNT.id]


@pytest.mark.parametrize("me", [None, {"client": None}, {"client": {"id": None}}])
def test_the_author_is_read_from_the_token_where_cluedin_does_not_tell_it(
    cluedin: CluedIn, client: CluedInClient, me: Any
) -> None:
    fail(cluedin, ME, status=200, body={"data": {"administration": {"me": me}}})
    client.create_group("Account.csv")
    assert [group.author_id for group in cluedin.store.data_source_sets.values()] == [SERVICE_ACCOUNT.id]


def test_many_threads_ask_for_the_author_once(cluedin: CluedIn, client: CluedInClient) -> None:
    fail(cluedin, ME, delay_s=0.1)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(client.create_group, [f"group {number}" for number in range(8)]))
    assert operations(cluedin).count(ME) == 1
    assert len(cluedin.store.data_source_sets) == 8


def test_an_author_that_could_not_be_read_is_asked_for_again(cluedin: CluedIn, client: CluedInClient) -> None:
    cluedin.patch_switches({"forbidden_operations": (ME,)})
    with pytest.raises(ConfigError):
        client.create_group("Account.csv")
    cluedin.patch_switches({"forbidden_operations": ()})
    assert client.create_group("Account.csv").id


@pytest.mark.parametrize("order", ["id", "name", "newest"])
def test_groups_of_all_pages_are_listed_once(cluedin: CluedIn, client: CluedInClient, order: str) -> None:
    cluedin.patch_switches({"sort_order": order})
    names = [f"group {number:03}" for number in range(205)]
    add_groups(cluedin, *names)
    assert sorted(group.name for group in client.fetch_groups("")) == names
    assert operations(cluedin).count("inbound.dataSourceSets") == 3


def test_a_full_page_is_never_the_last_one(cluedin: CluedIn, client: CluedInClient) -> None:
    add_groups(cluedin, *(f"group {number:03}" for number in range(100)))
    assert len(list(client.fetch_groups(""))) == 100
    assert operations(cluedin).count("inbound.dataSourceSets") == 2


@pytest.mark.parametrize("page_limit", [None, 10, 30])
@pytest.mark.parametrize("total", ["exact", "more", "less", "page", "absent"])
@pytest.mark.parametrize("count", [0, 1, 9, 10, 100, 130])
def test_a_total_that_misleads_hides_no_group(
    cluedin: CluedIn, client: CluedInClient, count: int, total: str, page_limit: int | None
) -> None:
    names = [f"group {number:03}" for number in range(count)]
    add_groups(cluedin, *names)
    cluedin.patch_switches({"total": total, "page_limit": page_limit})
    assert [group.name for group in client.fetch_groups("")] == names


def test_a_few_groups_that_are_all_shown_cost_one_request(cluedin: CluedIn, client: CluedInClient) -> None:
    add_groups(cluedin, "Account.csv", "Contact.csv")
    assert len(list(client.fetch_groups(""))) == 2
    assert len(list(client.fetch_groups("nothing"))) == 0
    assert operations(cluedin).count("inbound.dataSourceSets") == 2


def test_a_total_that_counts_what_is_never_shown_is_believed_after_a_second_look_and_told(
    cluedin: CluedIn, client: CluedInClient, caplog: pytest.LogCaptureFixture
) -> None:
    add_groups(cluedin, "Account.csv")
    cluedin.patch_switches({"total": "more"})
    groups = client.fetch_groups("")
    assert [group.name for group in groups] == ["Account.csv"]
    assert groups.doubt == "1 are shown, 2 counted: the account may not see them all"
    assert groups.doubt in caplog.text
    assert operations(cluedin).count("inbound.dataSourceSets") == 4


@pytest.mark.parametrize("told", ["beside an error", "silently"])
def test_a_group_that_cannot_be_read_keeps_no_other_from_being_read(
    cluedin: CluedIn, client: CluedInClient, told: str
) -> None:
    add_groups(cluedin, "Account.csv", "A stranger's", "Contact.csv")
    cluedin.patch_switches({"unreadable": ("A stranger's",), "unreadable_is_told": told != "silently"})
    groups = client.fetch_groups("")
    assert [group.name for group in groups] == ["Account.csv", "Contact.csv"]
    assert (groups.unreadable, groups.doubt) == (1, "3 are shown, 1 of them cannot be read")


@pytest.mark.parametrize("told", ["beside an error", "silently"])
def test_a_source_that_cannot_be_read_is_counted_in_its_group(
    cluedin: CluedIn, client: CluedInClient, told: str
) -> None:
    for name, sources in (("A", ["bad", "good"]), ("B", ["bad"]), ("C", [])):
        actions.add_group(cluedin, NewGroup(name=name, sources=[NewSource(name=source) for source in sources]))
    cluedin.patch_switches({"unreadable": ("bad",), "unreadable_is_told": told != "silently"})
    found = {group.name: (len(group.data_sources), group.is_empty) for group in client.fetch_groups("")}
    assert found == {"A": (1, False), "B": (0, False), "C": (0, True)}


def test_a_list_of_which_nothing_can_be_read_is_believed_after_two_readings(
    cluedin: CluedIn, client: CluedInClient
) -> None:
    add_groups(cluedin, "Account.csv", "Contact.csv")
    cluedin.patch_switches({"unreadable": ("Account.csv", "Contact.csv")})
    groups = client.fetch_groups("")
    assert (list(groups), groups.unreadable) == ([], 2)
    assert "2 of them cannot be read" in groups.doubt


def test_groups_are_searched_by_a_part_of_their_name(cluedin: CluedIn, client: CluedInClient) -> None:
    add_groups(cluedin, "Account.csv", "Old account.csv", "Contact.csv")
    assert [group.name for group in client.fetch_groups("Account")] == ["Account.csv", "Old account.csv"]


def test_a_taken_name_is_a_rejection_known_by_its_code(cluedin: CluedIn, client: CluedInClient) -> None:
    cluedin.patch_switches({"duplicate_names": "refuse"})
    client.create_group("Account.csv")
    with pytest.raises(RejectedError) as caught:
        client.create_group("Account.csv")
    assert caught.value.code == "409"


def test_a_source_for_a_group_that_is_gone_says_that_it_does_not_exist(client: CluedInClient) -> None:
    with pytest.raises(NotFoundError, match="CluedIn answered INTERNAL_SERVER_ERROR to createDataSource: 404"):
        client.create_source("999", "https://lake.example/Account.csv")


def test_an_operation_that_the_account_may_not_do_names_the_role(cluedin: CluedIn, client: CluedInClient) -> None:
    cluedin.patch_switches({"forbidden_operations": (CREATE_GROUP,)})
    with pytest.raises(ConfigError, match=r"createDataSourceSet.*Give the service account a CluedIn role"):
        client.create_group("Account.csv")
    assert operations(cluedin).count(CREATE_GROUP) == 1


def test_a_server_that_does_not_know_the_document_rejects_it(cluedin: CluedIn, client: CluedInClient) -> None:
    fail(cluedin, "inbound.dataSourceSets", status=400, body=INVALID_DOCUMENT)
    with pytest.raises(RejectedError, match='Cannot query field "x"') as caught:
        list(client.fetch_groups(""))
    assert caught.value.code == "GRAPHQL_VALIDATION_FAILED"


def test_errors_beside_data_are_a_failure(cluedin: CluedIn, client: CluedInClient) -> None:
    whole = {"inbound": {"dataSourceSets": {"total": 0, "data": []}}}
    fail(cluedin, "inbound.dataSourceSets", status=200, body={"data": whole, "errors": [{"message": "500: Oops"}]})
    with pytest.raises(TransientError, match="500: Oops"):
        list(client.fetch_groups(""))


@pytest.mark.parametrize("drop", ["before", "after"])
def test_a_creation_whose_answer_is_lost_is_not_repeated(cluedin: CluedIn, client: CluedInClient, drop: str) -> None:
    fail(cluedin, CREATE_GROUP, drop=drop)
    with pytest.raises(TransientError):
        client.create_group("Account.csv")
    assert operations(cluedin).count(CREATE_GROUP) == 1
    assert len(list(client.fetch_groups("Account.csv"))) == (1 if drop == "after" else 0)


def test_a_look_up_whose_answer_is_lost_is_repeated(cluedin: CluedIn, client: CluedInClient) -> None:
    add_groups(cluedin, "Account.csv")
    fail(cluedin, "inbound.dataSourceSets", drop="after")
    assert [group.name for group in client.fetch_groups("")] == ["Account.csv"]


def test_the_settings_come_as_a_flat_map_with_the_hidden_ones(client: CluedInClient) -> None:
    settings = client.fetch_configuration()
    assert settings["Purview.SyncDataSources.Enabled"] == "false"
    assert settings["Purview.SyncDataSources.Keywords"] == '"CluedInSource"'
    assert "Purview.FetchNoVocabularyKeys" in settings


def test_settings_that_the_account_may_not_read_are_for_a_person_to_mend(
    cluedin: CluedIn, client: CluedInClient
) -> None:
    cluedin.patch_switches({"forbidden_operations": ("administration.configurationSettings",)})
    with pytest.raises(ConfigError, match="service account"):
        client.fetch_configuration()


def test_the_organization_is_known_by_its_guid(cluedin: CluedIn, client: CluedInClient) -> None:
    assert client.organization_id() == cluedin.store.organization.id


def test_an_account_without_administration_knows_its_organization_by_its_token(
    cluedin: CluedIn, client: CluedInClient
) -> None:
    cluedin.patch_switches({"forbidden_operations": ("administration.organization",)})
    assert client.organization_id() == cluedin.store.organization.id
