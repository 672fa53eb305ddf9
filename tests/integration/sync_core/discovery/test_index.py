"""Whatever the index says: nobody is retired by it, nothing is lost, and it is mended."""

from collections.abc import Callable, Iterator, Sequence

import pytest

from local.stack import TERM
from sync_core.assets.asset_rows import PARTITION
from sync_core.assets.entry import part_of
from sync_core.assets.record import AssetStatus
from sync_core.discovery.term_cursor import COMPARE_AFTER
from sync_core.runs.leases import Lease
from sync_core.storage.rows import Row
from sync_core.storage.table import Operation
from tests.kit.estate import DETAILS, Estate

ROWS = {"partition": PARTITION, "first": "guid:", "last": "guid;"}
QUERY = "PartitionKey eq @partition and RowKey ge @first and RowKey lt @last"


def rows(estate: Estate) -> list[Row]:
    return list(estate.app.assets.table.rows(QUERY, ROWS))


def lose(estate: Estate) -> None:
    for row in rows(estate):
        estate.app.assets.table.delete(row["PartitionKey"], row["RowKey"])


def corrupt(estate: Estate) -> None:
    for row in rows(estate):
        estate.app.assets.table.merge({**row, "refreshed_at": "never", "standing": 7})


def confuse(estate: Estate) -> None:
    """Each row says that it is of another asset."""
    for row in rows(estate):
        estate.app.assets.table.merge({**row, "guid": "another", "key": "another"})


def name_the_dead(estate: Estate) -> None:
    """Each row says that its asset was missing, under terms that are no more."""
    for row in rows(estate):
        estate.app.assets.table.merge({**row, "is_absent": True, "terms": '["gone"]'})


def retire_all(estate: Estate) -> None:
    for row in rows(estate):
        estate.app.assets.table.merge({**row, "standing": "retired"})


DAMAGES = [lose, corrupt, confuse, name_the_dead, retire_all]


def put_back(estate: Estate, old: list[Row]) -> None:
    lose(estate)
    for row in old:
        estate.app.assets.table.merge(row)


def ticks(estate: Estate, count: int = 3) -> Iterator[None]:
    for _ in range(count):
        estate.clock.advance(60)
        estate.tick()
        yield


def heal(estate: Estate) -> None:
    """Let a round of reconciliation and a comparison pass."""
    estate.clock.advance(COMPARE_AFTER.total_seconds() * 2)
    estate.app.reconcile.run()
    estate.tick()


def is_right(estate: Estate) -> bool:
    """Whether the index says of each record what it is, and of nothing else."""
    stored = list(estate.app.assets.load_many([record.key for record in estate.records()]).values())
    return not estate.app.assets.index.lacking(stored) and len(rows(estate)) == len(stored)


@pytest.mark.parametrize("damage", DAMAGES)
def test_nobody_is_retired_made_again_or_lost_whatever_the_index_says(
    small_estate: Estate, damage: Callable[[Estate], None]
) -> None:
    small_estate.sync()
    groups, records = small_estate.groups(), small_estate.records()
    damage(small_estate)
    small_estate.act("tag", asset="Products", term=TERM)  # something to compare for

    for _ in ticks(small_estate):
        small_estate.work()
    heal(small_estate)

    assert len(small_estate.groups()) == len(groups) + 1
    assert {record.status for record in small_estate.records()} == {AssetStatus.SYNCED}
    assert {record.key for record in records} < {record.key for record in small_estate.records()}
    assert {record.absent for record in small_estate.records()} == {0}
    assert is_right(small_estate)


@pytest.mark.parametrize("damage", DAMAGES)
def test_who_loses_the_term_is_retired_once_the_index_is_mended(
    small_estate: Estate, damage: Callable[[Estate], None]
) -> None:
    small_estate.sync()
    damage(small_estate)
    small_estate.act("untag", asset="Orders", term=TERM)

    heal(small_estate)
    list(ticks(small_estate))

    assert small_estate.record_of("Orders").status is AssetStatus.RETIRED
    assert small_estate.record_of("Customers").status is AssetStatus.SYNCED


def test_an_index_that_is_lost_is_written_again_at_the_next_comparison(small_estate: Estate) -> None:
    small_estate.sync()
    lose(small_estate)
    small_estate.clock.advance(COMPARE_AFTER.total_seconds())
    small_estate.tick()
    assert is_right(small_estate)

    before = small_estate.purview.log.last_seq
    small_estate.clock.advance(COMPARE_AFTER.total_seconds())
    small_estate.tick()
    assert small_estate.asked_of_purview(before)[DETAILS] == 0


def test_an_older_index_brings_nobody_back_and_retires_nobody_early(small_estate: Estate) -> None:
    small_estate.sync()
    old = rows(small_estate)
    small_estate.act("untag", asset="Orders", term=TERM)
    list(ticks(small_estate))
    assert small_estate.record_of("Orders").status is AssetStatus.RETIRED
    put_back(small_estate, old)
    small_estate.act("tag", asset="Products", term=TERM)

    list(ticks(small_estate))

    assert small_estate.record_of("Orders").status is AssetStatus.RETIRED
    assert small_estate.record_of("Customers").absent == 0
    heal(small_estate)
    assert is_right(small_estate)


def test_a_row_that_was_left_behind_under_another_guid_is_dropped(small_estate: Estate) -> None:
    small_estate.sync()
    asset = small_estate.record_of("Orders")
    small_estate.act("recreate", asset="Orders", keep_terms=True)

    list(ticks(small_estate))

    moved = small_estate.record_of("Orders")
    assert (moved.key, moved.status, moved.guid == asset.guid) == (asset.key, AssetStatus.SYNCED, False)
    assert is_right(small_estate)


def test_a_record_and_its_place_in_the_index_are_written_together(small_estate: Estate) -> None:
    """A process that dies at any write leaves both or neither: there is no write of only one."""
    table, written = small_estate.app.assets.table, list[set[str]]()
    transact = table.transact

    def noted(operations: Sequence[Operation]) -> list[str]:
        written.append({str(operation[1]["RowKey"]).partition(":")[0] for operation in operations})
        return transact(operations)

    object.__setattr__(table, "transact", noted)
    small_estate.act("add_asset", name="", qualifiedName="https://lake.example/nameless", terms=[TERM])

    small_estate.tick()

    assert {"record", "guid", "job"} in written
    assert {"record", "guid"} in written  # the one without a name
    assert not [kinds for kinds in written if kinds == {"guid"}]


def test_a_comparison_shows_that_it_lives_with_each_part(estate: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    """It once read 50,000 records at 0.85 s a page without a sign of life: each next tick took its lease over."""
    estate.tick()
    signs = list[float]()
    monkeypatch.setattr(Lease, "renew_if_older_than", lambda _, age_s: signs.append(age_s))
    estate.clock.advance(COMPARE_AFTER.total_seconds())

    estate.tick()

    parts = {part_of(record.guid) for record in estate.records()}
    assert len(signs) >= 2 * len(parts)
