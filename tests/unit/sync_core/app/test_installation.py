"""State belongs to one organization and one account; the same settings that lead elsewhere are not believed at once."""

from datetime import UTC, datetime, timedelta

from sync_core.app.installation import BELIEVED_AFTER, Identity, Installation, Weighed, weigh

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
ACME = Identity(organization="acme", account="contoso")
OTHER = Identity(organization="other", account="contoso")
KNOWN = Installation(scope="s", identity=ACME)


def test_whom_the_settings_lead_to_first_is_learned() -> None:
    assert weigh(Installation(scope="s"), ACME, NOON) == Weighed(KNOWN, scope_of=ACME)


def test_the_same_again_changes_nothing() -> None:
    assert weigh(KNOWN, ACME, NOON) == Weighed(KNOWN)


def test_one_answer_of_somebody_else_is_not_believed() -> None:
    doubt = weigh(KNOWN, OTHER, NOON)
    assert doubt.is_in_doubt
    assert (doubt.installation.identity, doubt.installation.scope) == (ACME, "s")
    assert weigh(doubt.installation, OTHER, NOON + BELIEVED_AFTER / 2).is_in_doubt
    assert weigh(doubt.installation, ACME, NOON + BELIEVED_AFTER / 2) == Weighed(KNOWN)


def test_somebody_else_for_ten_minutes_is_believed() -> None:
    doubt = weigh(KNOWN, OTHER, NOON).installation
    moved = weigh(doubt, OTHER, NOON + BELIEVED_AFTER)
    assert (moved.scope_of, moved.is_in_doubt, moved.installation.identity) == (OTHER, False, OTHER)


def test_answers_that_differ_each_time_are_never_believed() -> None:
    installation, third = KNOWN, Identity(organization="third", account="contoso")
    for minute in range(0, 60, 5):
        seen = OTHER if minute % 2 else third
        weighed = weigh(installation, seen, NOON + timedelta(minutes=minute))
        assert weighed.is_in_doubt
        installation = weighed.installation


def test_an_account_whose_root_collection_may_be_read_by_and_by_is_the_same() -> None:
    by_host = Identity(organization="acme", account="host:contoso.purview.azure.com")
    assert weigh(Installation(scope="s", identity=by_host), ACME, NOON).installation == KNOWN
    assert weigh(KNOWN, by_host, NOON) == Weighed(KNOWN)
