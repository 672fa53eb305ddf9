"""What a person should see first."""

from datetime import timedelta

from sync_core.absence.approval import ApprovalNeeded
from sync_core.assets.listed import listed_of
from sync_core.assets.record import AssetStatus
from sync_core.discovery.selection import Toggle
from sync_core.notifications.announcement import LastNotification
from sync_core.operations.dashboard.attention import AttentionItem, find_attention_items
from sync_core.operations.dashboard.links import Links
from sync_core.runs.deferred import Kind
from sync_core.runs.run import RunOutcome
from tests.unit.sync_core.builders import NOW, make_deferred, make_facts, make_job, make_letter, make_record, make_run

LINKS = Links({"code": "k", "search": "x"})


def notices(*assets: object, **fields: object) -> list[AttentionItem]:
    return list(find_attention_items(make_facts(*assets, **fields), LINKS))  # type: ignore[arg-type]


def test_a_quiet_app_asks_for_nothing() -> None:
    assert notices() == []
    assert notices(runs=[], toggle=None) == []


def test_a_failed_discovery_comes_first_with_its_reason() -> None:
    run = make_run(outcome=RunOutcome.FAILED, error="ConfigError: SYNC_TERM names no term.")
    found = notices(runs=[run], dead_letters=[make_letter()])
    assert found[0] == AttentionItem("The last discovery failed", ("ConfigError: SYNC_TERM names no term.",))
    assert found[1].title == "1 dead letter waits for a person"
    assert found[1].link == "?code=k&search=x#dead-letters"


def test_a_discovery_that_is_silent_is_told() -> None:
    (found,) = notices(runs=[make_run(finished_at=NOW - timedelta(minutes=6))])
    assert found.title == "Nothing was heard of discovery since 05:00:07 UTC"


def test_an_approval_comes_with_its_command() -> None:
    (found,) = notices(approval_needed=ApprovalNeeded(assets=8, of=20, since=NOW, examples=["Orders", "x" * 99]))
    assert found.title == "Retiring 8 assets waits for a person's approval"
    assert found.command == "python -m sync_core approve retirement 8 --by NAME"
    assert found.details[0] == f"8 of 20 assets are no longer found in Purview (now): Orders, {'x' * 60}…."


def test_letters_that_are_replayed_by_themselves_ask_for_nothing() -> None:
    assert notices(dead_letters=[make_letter(cause_class="exhausted_transient")]) == []


def test_rejected_assets_are_one_click_away() -> None:
    (found,) = notices(make_record(status=AssetStatus.REJECTED), make_record("b", status=AssetStatus.REJECTED))
    assert (found.title, found.link) == ("2 assets must be mended in Purview", "?code=k&state=rejected#assets")


def test_who_has_mended_an_asset_may_have_the_first_ones_looked_at_at_once() -> None:
    rejected = [listed_of(make_record(f"{number}", key=f"k{number}", status=AssetStatus.REJECTED)) for number in "213"]
    facts = make_facts(make_record(status=AssetStatus.REJECTED), deferred=[make_deferred("guid", is_hidden=True)])
    hidden, found = find_attention_items(facts, LINKS, [*rejected, *rejected])
    assert [one.asset for one in hidden.mended] == ["guid"]
    assert [one.name for one in found.mended] == ["1", "1", "2"]


def test_what_is_switched_off_is_told() -> None:
    found = notices(toggle=Toggle(enabled=False, keywords="x"), is_lineage_on=False)
    assert [notice.title for notice in found] == ["The sync is switched off", "Lineage is switched off"]


def test_a_notification_that_failed_is_told() -> None:
    last = LastNotification(title="t", body="b", sent_at=NOW, error="no")
    (found,) = notices(notifications={"data_source_created": last})
    assert found.title == "A notification could not be sent"


def test_dead_letters_come_with_what_can_be_done_the_first_ones_at_once() -> None:
    by_itself = make_letter("later", cause_class="exhausted_transient")
    (found,) = notices(dead_letters=[by_itself, *(make_letter(f"work {number}") for number in range(5))])
    assert found.title == "5 dead letters wait for a person"
    assert [letter.id for letter in found.letters] == ["work 0", "work 1", "work 2"]


def test_hidden_assets_are_told_by_name_with_the_role() -> None:
    (found,) = notices(deferred=[make_deferred(name="Orders", is_hidden=True), make_deferred("other")])
    assert found.title == "1 asset is hidden from the app"
    assert "Orders" in found.details[0]
    assert "Data Reader" in found.details[0]
    many = [make_deferred(f"{number}", name=f"n{number}", is_hidden=True) for number in range(12)]
    (found,) = notices(deferred=many)
    assert found.title == "12 assets are hidden from the app"
    assert "n9 and 2 more" in found.details[0]


def test_a_term_that_is_paused_is_told_once_it_failed_again() -> None:
    assert notices(deferred=[make_deferred(kind=Kind.TERM)]) == []
    draft = make_deferred(kind=Kind.TERM, looks=2, reason="It is a draft.")
    (found,) = notices(deferred=[draft, make_deferred(kind=Kind.TYPE, looks=9)])
    assert found.title == "Terms are paused"
    assert "It is a draft." in found.details[1]


def test_only_what_people_chose_waits_for_nobody() -> None:
    off = notices(toggle=Toggle(enabled=False, keywords="x"), is_lineage_on=False)
    assert [notice.is_chosen for notice in off] == [True, True]
    assert not any(notice.is_chosen for notice in notices(dead_letters=[make_letter()]))


def test_work_that_waits_for_a_setting_or_a_role_is_told_with_each_cause_once() -> None:
    refused = {"attempts": 1, "last_error_class": "config", "last_error": "CluedIn answered 403."}
    jobs = {key: make_job(key, **refused) for key in ("a", "b")}
    (found,) = notices(jobs=jobs | {"c": make_job("c", attempts=1, last_error_class="transient", last_error="later")})
    assert found.title == "Work on 2 assets and data sets waits until its cause is mended"
    assert found.details == ("CluedIn answered 403.",)
    assert notices(jobs={"d": make_job("d", **refused).given_up("exhausted_config", NOW)}) == []
