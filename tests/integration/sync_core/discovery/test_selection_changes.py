"""Another selection begins anew: what was seen last under the one before says nothing, also when that comes back."""

from local.stack import TERM
from sync_core.assets.record import AssetStatus
from tests.kit.estate import SEARCH, Estate, NewEstate


def lose_one(estate: Estate) -> str:
    """Let an asset be retired, as those are that a selection leaves out; return its name."""
    first = estate.records()[0]
    estate.app.assets.close(first.key, lambda one: one.model_copy(update={"status": AssetStatus.RETIRED}))
    return first.qualified_name


def tick(estate: Estate) -> None:
    estate.clock.advance(60)
    estate.tick()


def test_all_assets_after_a_term_are_swept_at_once_and_not_a_day_later(new_estate: NewEstate) -> None:
    everything, by_term = new_estate(SYNC_TERM="*"), new_estate(SYNC_TERM=TERM)
    tick(everything)
    tick(by_term)
    lost = lose_one(everything)

    tick(everything)

    assert everything.record_of(lost).status is AssetStatus.QUEUED


def test_a_term_after_all_assets_is_compared_as_a_whole(new_small_estate: NewEstate) -> None:
    by_term, everything = new_small_estate(), new_small_estate(SYNC_TERM="*")
    tick(by_term)
    tick(everything)
    lost = next(one for one in by_term.records() if one.name == "Orders")
    by_term.app.assets.close(lost.key, lambda one: one.model_copy(update={"status": AssetStatus.RETIRED}))

    tick(by_term)

    assert by_term.record_of("Orders").status is AssetStatus.QUEUED


def test_the_same_selection_begins_nothing_anew(new_estate: NewEstate) -> None:
    everything = new_estate(SYNC_TERM="*")
    tick(everything)
    before = everything.purview.log.last_seq
    tick(everything)
    assert everything.asked_of_purview(before)[SEARCH] == 1
