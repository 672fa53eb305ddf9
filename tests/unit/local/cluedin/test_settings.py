from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from local.cluedin.driver import RefusedError
from local.cluedin.seed import ORGANIZATION

if TYPE_CHECKING:
    from local.cluedin.driver import Driver

READ = (
    "query getConfigurationSettings($id: ID!, $includeHiddenFromUi: Boolean) { administration { id"
    " configurationSettings(id: $id, includeHiddenFromUi: $includeHiddenFromUi) } }"
)
CHANGE = (
    "mutation changeConfigurationSettings($organizationId: ID!, $key: String!, $value: String!) { administration {"
    " changeConfigurationSettings(organizationId: $organizationId, key: $key, value: $value) } }"
)
UPDATE = (
    "mutation updateConfigurationSettings($organizationId: ID!, $model: UpdateConfigurations!) { administration {"
    " updateConfigurationSettings(organizationId: $organizationId, model: $model) {"
    " errors { groupName messages keys { key messages } } } } }"
)
ENABLED, KEYWORDS = "Purview.SyncDataSources.Enabled", "Purview.SyncDataSources.Keywords"


def read(driver: Driver, *, hidden: bool = True) -> Any:
    answer = driver.ask(READ, id=ORGANIZATION.id, includeHiddenFromUi=hidden)
    return answer["administration"]["configurationSettings"]


def test_settings_are_a_flat_map_of_strings_with_quotes_around_keywords(driver: Driver) -> None:
    settings = read(driver)
    assert (settings[ENABLED], settings[KEYWORDS]) == ("false", '"CluedInSource"')
    assert all(isinstance(value, str) for value in settings.values())


def test_some_settings_are_hidden_unless_asked_for(driver: Driver) -> None:
    assert "Purview.FetchNoVocabularyKeys" in read(driver)
    assert "Purview.FetchNoVocabularyKeys" not in read(driver, hidden=False)


def test_one_setting_can_be_changed(driver: Driver) -> None:
    driver.ask(CHANGE, organizationId=ORGANIZATION.id.upper(), key=ENABLED, value="true")
    assert read(driver)[ENABLED] == "true"


def test_several_settings_can_be_changed_and_put_back(driver: Driver) -> None:
    changed = [
        {"configurationKey": ENABLED, "value": "true", "useDefault": False},
        {"configurationKey": KEYWORDS, "value": '"Sync to CluedIn"', "useDefault": False},
    ]
    answer = driver.ask(UPDATE, organizationId=ORGANIZATION.id, model={"settings": changed})
    assert answer["administration"]["updateConfigurationSettings"] == {"errors": []}
    assert (read(driver)[ENABLED], read(driver)[KEYWORDS]) == ("true", '"Sync to CluedIn"')
    restored = [{"configurationKey": KEYWORDS, "useDefault": True}, {"configurationKey": "My.Key", "useDefault": True}]
    driver.ask(UPDATE, organizationId=ORGANIZATION.id, model={"settings": restored})
    assert read(driver)[KEYWORDS] == '"CluedInSource"'


def test_another_organizations_settings_are_not_found(driver: Driver) -> None:
    with pytest.raises(RefusedError, match="404: Not Found"):
        driver.ask(READ, id="00000000-0000-0000-0000-000000000000")


def test_the_organization_is_described_in_pascal_case(driver: Driver) -> None:
    document = "query getCurrentOrg { administration { id organization { Id ClientId OrganizationName Theme } } }"
    organization = driver.ask(document)["administration"]["organization"]
    assert organization == {"Id": ORGANIZATION.id, "ClientId": "acme", "OrganizationName": "acme", "Theme": None}
