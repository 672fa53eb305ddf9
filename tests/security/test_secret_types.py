"""What holds a secret does not show it, and what is a secret among the settings is typed as one."""

import dataclasses
import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic import BaseModel, SecretStr

import sync_core
from sync_core.cluedin.client import CLUEDIN
from sync_core.http.client import Answer, Call, HttpClient, _Bearer
from sync_core.http.tokens import GivenToken, PasswordTokens
from sync_core.notifications.receivers import Receiver
from sync_core.settings import SECRET_SETTINGS, Settings
from sync_core.storage.connection import StorageConnection

SECRET = "s33d-secret"
SOUNDS_SECRET = (
    "password",
    "secret",
    "token",
    "connection_string",
    "credential",
    "form",
    "notify_urls",
    "authorization",
)
# Names that sound so and hold none.
HARMLESS = {
    ("sync_core.settings", "storage_credential"),  # which kind of identity
    ("sync_core.http.failures", "credentials_remedy"),  # what to check
    ("sync_core.purview.wire", "token"),  # where the next page starts
    ("sync_core.http.client", "tokens"),  # hides its own
    ("sync_core.storage.connection", "new_credential"),  # makes one
    ("sync_core.lineage.webhook.data_set_processed", "secrets"),  # each a SecretStr
}


def is_secret(annotation: Any) -> bool:
    return annotation is SecretStr or any(is_secret(argument) for argument in get_args(annotation))


def modules() -> Iterator[Any]:
    for found in pkgutil.walk_packages(sync_core.__path__, "sync_core."):
        if not found.name.endswith("__main__"):
            yield importlib.import_module(found.name)


def test_the_secret_settings_are_typed_as_secrets_and_no_others_are() -> None:
    typed = {str(field.alias) for field in Settings.model_fields.values() if is_secret(field.annotation)}
    assert typed == SECRET_SETTINGS


@pytest.mark.parametrize(
    "holder",
    [
        GivenToken(SECRET),
        _Bearer(SECRET),
        PasswordTokens(HttpClient(CLUEDIN, "https://x.example"), "acme", "user", SECRET),
        HttpClient(CLUEDIN, "https://x.example", tokens=GivenToken(SECRET)),
        Call("POST", "/token", form={"password": SECRET}),
        Call("POST", "/graphql", json={"token": SECRET}),
        Answer(200, {"Set-Cookie": SECRET}, SECRET.encode(), "id"),
        StorageConnection(connection_string=SECRET),
        Receiver(SecretStr(SECRET), 1),
    ],
    ids=lambda holder: type(holder).__name__,
)
def test_a_holder_of_a_secret_does_not_show_it(holder: object) -> None:
    assert SECRET not in f"{holder!r} {holder} {[holder]}"


def test_no_dataclass_shows_a_field_that_sounds_like_a_secret() -> None:
    found = {
        (module.__name__, field.name)
        for module in modules()
        for each in vars(module).values()
        if isinstance(each, type) and each.__module__ == module.__name__ and dataclasses.is_dataclass(each)
        for field in dataclasses.fields(each)
        if field.repr and any(sound in field.name for sound in SOUNDS_SECRET) and not is_secret(field.type)
    }
    assert found <= HARMLESS


def test_no_record_has_a_place_for_a_secret() -> None:
    found = {
        (each.__name__, name)
        for module in modules()
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, BaseModel) and each is not Settings
        for name in each.model_fields
        if any(sound in name and sound != "form" for sound in SOUNDS_SECRET)
    }
    assert found == set()
