"""The toggle and the keywords, from the app's settings or from CluedIn's settings page."""

import pytest

from local.cluedin.simulator import CluedIn
from local.stack import TERM
from sync_core.errors import ConfigError
from sync_core.runs.run import RunOutcome
from tests.kit.estate import Estate, NewEstate

ENABLED = "Purview.SyncDataSources.Enabled"
KEYWORDS = "Purview.SyncDataSources.Keywords"


@pytest.fixture
def estate(new_small_estate: NewEstate, cluedin: CluedIn) -> Estate:
    """An app that does what CluedIn's settings say."""
    cluedin.store.settings.update({ENABLED: "true", KEYWORDS: f'"{TERM}"'})
    return new_small_estate(SYNC_SETTINGS_SOURCE="cluedin", SYNC_TERM="ignored")


def set_in_cluedin(estate: Estate, key: str, value: str | None) -> None:
    """Change a setting in Administration > Settings > Purview; None takes it away."""
    if value is None:
        del estate.cluedin.store.settings[key]
    else:
        estate.cluedin.store.settings[key] = value


def test_both_keys_are_read_at_each_tick_and_quotes_belong_to_the_stored_value(estate: Estate) -> None:
    estate.tick()
    before = estate.cluedin.log.last_seq

    estate.tick()

    assert sorted(record.name for record in estate.records()) == ["Customers", "Orders"]
    assert estate.calls(before) == {"administration.configurationSettings": 1}


@pytest.mark.parametrize("stored", [TERM, f'"{TERM}"', f'  " {TERM} " ', f'"{TERM}"; "Revenue"'])
def test_a_keyword_is_known_with_and_without_its_quotes(estate: Estate, stored: str) -> None:
    set_in_cluedin(estate, KEYWORDS, stored)

    estate.tick()

    assert {"Customers", "Orders"} <= {record.name for record in estate.records()}


@pytest.mark.parametrize("setting", [f'"{TERM}"', f'"{TERM}"; "Revenue"'])
def test_quotes_that_were_copied_from_there_are_none_of_the_term(new_small_estate: NewEstate, setting: str) -> None:
    estate = new_small_estate(SYNC_TERM=setting)

    estate.tick()

    assert {"Customers", "Orders"} <= {record.name for record in estate.records()}


def test_a_changed_keyword_counts_at_the_next_tick_and_is_noted(estate: Estate) -> None:
    estate.tick()
    set_in_cluedin(estate, KEYWORDS, '"Revenue@Business Terms"')

    run = estate.tick()

    assert estate.record_of("Board pack")
    assert f"The settings changed from: on, keywords {TERM}, to: on, keywords Revenue@Business Terms." in run.notes
    assert not [note for note in estate.tick().notes if "changed" in note]


@pytest.mark.parametrize("on", ["true", " TRUE ", '"true"', "1", "on"])
def test_it_is_switched_on_in_each_spelling(estate: Estate, on: str) -> None:
    set_in_cluedin(estate, ENABLED, on)

    assert estate.tick().counts["new"] == 2


@pytest.mark.parametrize("stored", ["maybe", "'true'", "True; False", "2"])
def test_a_toggle_that_is_neither_on_nor_off_is_an_error_that_names_it(estate: Estate, stored: str) -> None:
    set_in_cluedin(estate, ENABLED, stored)

    assert f"{ENABLED} is neither true nor false: '{stored}'." in estate.failing_tick(ConfigError).error
    assert estate.asked_of_purview() == {}


@pytest.mark.parametrize("off", ["false", "False", "", '"false"', "0", " off ", '""'])
def test_switched_off_there_the_run_is_skipped_and_asks_purview_nothing(estate: Estate, off: str) -> None:
    set_in_cluedin(estate, ENABLED, off)

    run = estate.tick()

    assert run.outcome is RunOutcome.SKIPPED
    assert run.notes == [f"The sync is switched off in {ENABLED}."]
    assert estate.asked_of_purview() == {}


def test_switched_on_again_it_goes_on(estate: Estate) -> None:
    set_in_cluedin(estate, ENABLED, "false")
    estate.tick()
    set_in_cluedin(estate, ENABLED, "True")

    assert estate.tick().counts["new"] == 2


def test_switched_off_in_the_app_the_run_names_the_apps_setting(new_small_estate: NewEstate, cluedin: CluedIn) -> None:
    cluedin.store.settings.update({ENABLED: "true", KEYWORDS: TERM})

    for source in ("app", "cluedin"):
        run = new_small_estate(SYNC_ENABLED="false", SYNC_SETTINGS_SOURCE=source).tick()
        assert run.outcome is RunOutcome.SKIPPED
        assert run.notes[-1] == "The sync is switched off in SYNC_ENABLED."


def test_settings_that_were_never_prepared_say_where_to_prepare_them(estate: Estate) -> None:
    set_in_cluedin(estate, ENABLED, None)

    run = estate.failing_tick(ConfigError)

    assert f"CluedIn's settings have no {ENABLED}: prepare the sync in Administration > Azure Integration" in run.error


@pytest.mark.parametrize("stored", ["", '""', " ; "])
def test_an_empty_keyword_is_an_error_that_names_cluedins_key(estate: Estate, stored: str) -> None:
    set_in_cluedin(estate, KEYWORDS, stored)

    assert f"{KEYWORDS} is empty" in estate.failing_tick(ConfigError).error


def test_an_unknown_keyword_names_cluedins_key(estate: Estate) -> None:
    set_in_cluedin(estate, KEYWORDS, '"CluedInSource"')

    assert f"{KEYWORDS} names the glossary term 'CluedInSource'" in estate.failing_tick(ConfigError).error


def test_a_wrong_password_fails_the_run_with_its_remedy(new_small_estate: NewEstate) -> None:
    estate = new_small_estate(SYNC_SETTINGS_SOURCE="cluedin", CLUEDIN_PASSWORD="wrong-secret")

    run = estate.failing_tick(ConfigError)

    assert "Check CLUEDIN_USERNAME and CLUEDIN_PASSWORD" in run.error
    assert "wrong-secret" not in run.error
