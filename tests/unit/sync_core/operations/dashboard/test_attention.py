"""What a person should see first."""

from datetime import timedelta

from sync_core.absence.approval import ApprovalNeeded
from sync_core.assets.record import AssetStatus
from sync_core.discovery.selection import Toggle
from sync_core.notifications.announcement import LastNotification
from sync_core.operations.dashboard.attention import AttentionItem, find_attention_items
from sync_core.operations.dashboard.links import Links
from sync_core.runs.run import RunOutcome
from tests.unit.sync_core.builders import NOW, make_facts, make_letter, make_record, make_run

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


def test_what_is_switched_off_is_told() -> None:
    found = notices(toggle=Toggle(enabled=False, keywords="x"), is_lineage_on=False)
    assert [notice.title for notice in found] == ["The sync is switched off", "Lineage is switched off"]


def test_a_notification_that_failed_is_told() -> None:
    last = LastNotification(title="t", body="b", sent_at=NOW, error="no")
    (found,) = notices(notifications={"data_source_created": last})
    assert found.title == "A notification could not be sent"
