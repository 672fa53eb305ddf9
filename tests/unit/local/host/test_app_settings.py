import pytest

from local.host.app_settings import SettingError, connect_blobs, connect_queues, is_disabled, resolve


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("AzureWebJobs.tick.Disabled", "true", True),
        ("azurewebjobs.TICK.disabled", "1", True),
        ("AzureWebJobs__tick__Disabled", "True", True),
        ("AzureWebJobs.tick.Disabled", "false", False),
        ("AzureWebJobs.tick.Disabled", "", False),
        ("AzureWebJobs.tock.Disabled", "true", False),
    ],
)
def test_a_setting_disables_one_function(name: str, value: str, *, expected: bool) -> None:
    assert is_disabled("tick", {name: value}) is expected


def test_a_name_between_percent_signs_is_a_setting() -> None:
    assert resolve("%A%-%B%", {"A": "1", "B": "%A%"}) == "1-%A%"
    with pytest.raises(SettingError, match="'%C%' does not resolve to a value"):
        resolve("%C%", {})


def test_a_connection_is_found_with_and_without_its_prefix_and_as_the_emulators_own() -> None:
    emulator = {"AzureWebJobsWORK": "UseDevelopmentStorage=true", "AzureWebJobsStorage": "UseDevelopmentStorage=true;"}
    with connect_queues("WORK", emulator) as queues, connect_blobs(emulator) as blobs:
        assert queues.url == "http://127.0.0.1:10001/devstoreaccount1/"
        assert blobs.url == "http://127.0.0.1:10000/devstoreaccount1/"


@pytest.mark.parametrize("settings", [{}, {"WORK": ""}, {"WORK": "no connection"}])
def test_a_connection_that_is_none_names_its_setting(settings: dict[str, str]) -> None:
    with pytest.raises(SettingError, match="'WORK'"):
        connect_queues("WORK", settings)
