"""What CluedIn does not show any more is made again only when it is proven to be gone."""

from datetime import UTC, datetime, timedelta

from sync_core.absence.groups_gone import AGREED_FOR, Doubt, Evidence, Sight, Verdict, judge_absence

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def evidence(
    absent: int,
    *,
    since: datetime = NOON,
    recorded: int = 40,
    recent: int = 0,
    is_list_empty: bool = False,
    proof: Sight = Sight.NOT_MADE,
    first: int = 0,
) -> Evidence:
    keys = {f"asset-{number:03}": since for number in range(first, first + absent)}
    return Evidence(keys, recorded, recent, is_list_empty, proof)


def in_doubt(absent: int = 40) -> Doubt:
    """The doubt once a proof is asked for."""
    verdict = judge_absence(Doubt(since=NOON), evidence(absent), NOON + AGREED_FOR)
    assert verdict.doubt is not None
    return verdict.doubt


def test_a_few_that_are_missing_are_made_again() -> None:
    assert judge_absence(None, evidence(5), NOON) == Verdict(
        ("asset-000", "asset-001", "asset-002", "asset-003", "asset-004")
    )


def test_nothing_missing_is_no_doubt() -> None:
    assert judge_absence(None, evidence(0), NOON) == Verdict()
    assert judge_absence(Doubt(since=NOON), evidence(0), NOON) == Verdict()


def test_many_missing_at_once_are_left_alone_for_an_hour() -> None:
    verdict = judge_absence(None, evidence(40), NOON + 10 * MINUTE)
    assert verdict.gone == ()
    assert verdict.doubt is not None
    assert judge_absence(verdict.doubt, evidence(40), NOON + 59 * MINUTE).gone == ()


def test_many_missing_bit_by_bit_within_a_day_are_many() -> None:
    assert judge_absence(None, evidence(5, recent=8, recorded=35), NOON).gone == ()


def test_one_missing_is_not_made_again_while_the_list_comes_empty() -> None:
    verdict = judge_absence(None, evidence(1, recorded=1, is_list_empty=True), NOON + 59 * MINUTE)
    assert verdict.gone == ()
    assert judge_absence(verdict.doubt, evidence(1, recorded=1, is_list_empty=True), NOON + AGREED_FOR).gone


def test_after_an_hour_one_is_made_again_and_only_one() -> None:
    verdict = judge_absence(Doubt(since=NOON), evidence(40), NOON + AGREED_FOR)
    assert verdict.gone == ("asset-000",)
    assert verdict.doubt is not None
    assert (verdict.doubt.proof, verdict.doubt.others) == ("asset-000", 39)
    waiting = judge_absence(verdict.doubt, evidence(39, first=1), NOON + AGREED_FOR + 5 * MINUTE)
    assert waiting.gone == ()


def test_an_hour_counts_from_the_last_look_that_did_not_agree() -> None:
    back_and_gone_again = evidence(40, since=NOON + 30 * MINUTE)
    assert judge_absence(Doubt(since=NOON), back_and_gone_again, NOON + AGREED_FOR).gone == ()


def test_the_rest_follows_when_the_proof_is_shown_and_none_of_the_others() -> None:
    verdict = judge_absence(in_doubt(), evidence(39, first=1, proof=Sight.SHOWN), NOON + 2 * AGREED_FOR)
    assert (len(verdict.gone), verdict.is_proven, verdict.doubt) == (39, True, None)


def test_who_went_missing_after_the_proof_is_not_proven_by_it() -> None:
    late = NOON + AGREED_FOR + 20 * MINUTE
    keys = {**evidence(39, first=1).absent, "asset-late": late}
    shown = Evidence(keys, 41, 0, is_list_empty=False, proof=Sight.SHOWN)
    assert "asset-late" not in judge_absence(in_doubt(), shown, late).gone


def test_nothing_more_is_made_when_not_even_the_proof_is_shown() -> None:
    now = NOON + 2 * AGREED_FOR
    for absent in (40, 39, 0):
        verdict = judge_absence(in_doubt(), evidence(absent, proof=Sight.NOT_SHOWN), now)
        assert verdict.gone == ()
        assert verdict.doubt is not None
        assert verdict.doubt.is_refuted


def test_a_refuted_proof_that_shows_up_later_proves_after_all() -> None:
    refuted = judge_absence(in_doubt(), evidence(40, proof=Sight.NOT_SHOWN), NOON + 2 * AGREED_FOR).doubt
    verdict = judge_absence(refuted, evidence(39, first=1, proof=Sight.SHOWN), NOON + 3 * AGREED_FOR)
    assert len(verdict.gone) == 39


def test_the_hour_begins_anew_when_some_came_back_with_the_proof() -> None:
    now = NOON + 2 * AGREED_FOR
    verdict = judge_absence(in_doubt(), evidence(20, first=1, proof=Sight.SHOWN), now)
    assert verdict.gone == ()
    assert verdict.doubt is not None
    assert not verdict.doubt.proof
    again = judge_absence(verdict.doubt, evidence(20, first=1), now + AGREED_FOR - MINUTE)
    assert again.gone == ()
    assert judge_absence(again.doubt, evidence(20, first=1), now + AGREED_FOR).gone == ("asset-001",)


def test_all_is_well_when_all_came_back_with_the_proof() -> None:
    assert judge_absence(in_doubt(), evidence(0, proof=Sight.SHOWN), NOON + 2 * AGREED_FOR) == Verdict()
