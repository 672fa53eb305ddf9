"""How many may go without a person's approval, whatever became of the note of how many went."""

import pytest

from local.stack import TERM
from sync_core.absence.approval import Approval
from sync_core.absence.heal_groups import MADE_AGAIN
from sync_core.absence.retire import APPROVAL, RECENT_LOSSES
from sync_core.assets.record import AssetStatus
from tests.kit.estate import Estate

pytestmark = pytest.mark.faults

DAY_S = 24 * 3600
FREE = 5


def garble(estate: Estate, partition: str, row_key: str, column: str) -> None:
    """Let another version have written a note."""
    estate.app.leases.table.merge({"PartitionKey": partition, "RowKey": row_key, column: "of a newer app"})


def untag(estate: Estate, names: list[str]) -> None:
    """Take the term from some assets, and let the app see it."""
    for name in names:
        estate.act("untag", asset=name, term=TERM)
    for _ in range(3):
        estate.clock.advance(660)
        estate.app.discover_assets.run()


def retired(estate: Estate) -> int:
    return sum(record.status is AssetStatus.RETIRED for record in estate.records())


@pytest.mark.parametrize("how", ["unreadable", "gone"])
def test_without_the_note_of_what_went_lately_the_records_tell_it(estate: Estate, how: str) -> None:
    estate.sync()
    names = [record.qualified_name for record in estate.records()]
    untag(estate, names[:FREE])
    assert retired(estate) == FREE
    if how == "gone":
        estate.app.approvals.delete(RECENT_LOSSES)
    else:
        garble(estate, "approval", RECENT_LOSSES, "lost")

    untag(estate, names[FREE : 2 * FREE])

    assert retired(estate) == FREE
    estate.clock.advance(DAY_S)
    untag(estate, [])
    assert retired(estate) == 2 * FREE


def test_what_went_on_a_persons_approval_does_not_count_then(estate: Estate) -> None:
    estate.sync()
    names = [record.qualified_name for record in estate.records()]
    now = estate.clock.now()
    word = Approval(assets=8, by="Ada", given_at=now, expires_at=now.replace(year=now.year + 1))
    estate.app.approvals.save(APPROVAL, word)
    untag(estate, names[:8])
    assert retired(estate) == 8

    untag(estate, names[8:10])

    assert retired(estate) == 10


def test_a_note_of_what_was_made_again_that_cannot_be_read_frees_nothing(estate: Estate) -> None:
    estate.sync()
    groups = [name for name, _ in estate.groups()]
    estate.clock.advance(900)
    estate.app.reconcile.run()

    def lose(part: list[str]) -> int:
        """Delete groups; return how many of them stand again after four looks."""
        for name in part:
            estate.delete_group(name)
        for _ in range(4):
            estate.clock.advance(900)
            estate.app.reconcile.run()
            estate.work()
        return len({name for name, _ in estate.groups()}.intersection(part))

    assert lose(groups[:FREE]) == FREE
    garble(estate, "absence", MADE_AGAIN, "lost")

    assert lose(groups[FREE : 2 * FREE]) <= 1  # the one is a proof
