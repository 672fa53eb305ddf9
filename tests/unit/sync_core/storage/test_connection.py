"""Where the storage clients connect to, from each way in which the host lets one say it."""

import traceback

import pytest
from azure.core.credentials import AccessToken

from sync_core.errors import ConfigError
from sync_core.storage.connection import StorageConnection

SECRET = "c2VjcmV0LWtleQ=="
ACCOUNT = f"DefaultEndpointsProtocol=https;AccountName=acct;AccountKey={SECRET};EndpointSuffix=core.windows.net"


class FakeCredential:
    """An identity that nobody asks for a token."""

    def get_token(self, *_: str, **__: object) -> AccessToken:
        raise NotImplementedError


def urls(connection: StorageConnection) -> tuple[str, str]:
    return connection.tables.url.rstrip("/"), connection.queues.url.rstrip("/")


def test_a_connection_string_names_the_account() -> None:
    assert urls(StorageConnection(ACCOUNT)) == (
        "https://acct.table.core.windows.net",
        "https://acct.queue.core.windows.net",
    )


@pytest.mark.parametrize(
    "text", ["UseDevelopmentStorage=true", "usedevelopmentstorage=True;", " UseDevelopmentStorage = true;"]
)
def test_the_short_form_stands_for_the_emulator_on_this_machine(text: str) -> None:
    assert urls(StorageConnection(text)) == (
        "http://127.0.0.1:10002/devstoreaccount1",
        "http://127.0.0.1:10001/devstoreaccount1",
    )


def test_with_an_identity_the_addresses_follow_from_the_account() -> None:
    assert urls(StorageConnection(account_name="acct", new_credential=FakeCredential)) == (
        "https://acct.table.core.windows.net",
        "https://acct.queue.core.windows.net",
    )


def test_with_an_identity_the_addresses_may_be_told() -> None:
    told = ("https://t.example", "https://q.example")
    connection = StorageConnection(
        account_name="acct", table_uri=told[0], queue_uri=told[1], new_credential=FakeCredential
    )
    assert urls(connection) == told


def test_both_services_share_one_identity() -> None:
    made: list[FakeCredential] = []

    def new_credential() -> FakeCredential:
        made.append(FakeCredential())
        return made[-1]

    urls(StorageConnection(account_name="acct", new_credential=new_credential))
    assert len(made) == 1


def test_a_connection_string_needs_no_identity() -> None:
    def new_credential() -> FakeCredential:
        raise NotImplementedError

    assert urls(StorageConnection(ACCOUNT, account_name="other", new_credential=new_credential))


def test_neither_connection_string_nor_identity_is_for_a_person_to_mend() -> None:
    with pytest.raises(ConfigError, match="set AzureWebJobsStorage"):
        urls(StorageConnection(account_name="acct"))


@pytest.mark.parametrize("text", [f"AccountKey={SECRET}", f"{SECRET};;", f"AccountName=acct;{SECRET}"])
def test_a_connection_string_that_no_sdk_can_read_is_named_and_not_shown(text: str) -> None:
    for use in (lambda: StorageConnection(text).tables, lambda: StorageConnection(text).queues):
        with pytest.raises(ConfigError, match="AzureWebJobsStorage is no connection string") as caught:
            use()
        assert SECRET not in "".join(traceback.format_exception(caught.value))


def test_a_connection_in_a_log_shows_no_secret() -> None:
    assert SECRET not in repr(StorageConnection(ACCOUNT))
