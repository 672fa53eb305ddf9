import pytest

from local.stack import TERM
from sync_core.assets.record import AssetStatus
from sync_core.discovery.term_cursor import COMPARE_AFTER
from sync_core.purview.asset_types import NOT_A_DATA_SET
from tests.kit.estate import ASSIGNMENTS, Estate, NewEstate

TAGGED = 18
OTHER_TERM = "Not to be synced to CluedIn@Glossary"


def test_each_tagged_asset_is_sent_once_and_columns_are_left_out_and_counted(estate: Estate) -> None:
    run = estate.tick()

    records = estate.records()
    assert len(records) == TAGGED
    assert sorted(key for message in estate.messages() for key in message.sends) == [record.key for record in records]
    assert (run.counts["assigned"], run.counts["new"], run.counts["queued"]) == (TAGGED + 2, TAGGED, TAGGED)
    assert run.counts["left out: azure_sql_column, a column"] == 1
    assert run.counts["left out: column, a column"] == 1
    assert not [record for record in records if "column" in record.type_name]


def test_a_tagged_server_is_told_to_the_operator_once_a_run_and_a_tagged_column_is_not(
    small_estate: Estate, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("sales.database.windows.net", "hr.database.windows.net"):
        small_estate.act("add_asset", name=name, typeName="azure_sql_server", terms=[TERM])

    run = small_estate.tick()

    told = [line.getMessage() for line in caplog.records if "left out as no data assets" in line.getMessage()]
    assert told == [f"Assets of type azure_sql_server are left out as no data assets: {NOT_A_DATA_SET}"]
    assert run.counts[f"left out: azure_sql_server, {NOT_A_DATA_SET}"] == 2


def test_a_second_tick_after_the_sync_changes_nothing_and_costs_next_to_nothing(estate: Estate) -> None:
    estate.sync()
    groups, records = estate.groups(), estate.records()
    purview, cluedin = estate.purview.log.last_seq, estate.cluedin.log.last_seq

    run = estate.tick()

    assert len(groups) == TAGGED
    assert all(len(sources) == 1 for _, sources in groups)
    assert {record.status for record in records} == {AssetStatus.SYNCED}
    assert (estate.groups(), estate.records(), estate.messages()) == (groups, records, [])
    assert estate.asked_of_purview(purview) == {ASSIGNMENTS: 1}
    assert estate.calls(cluedin) == {}
    # Lease taken and given back, outstanding work, pause, toggle, term, cursor: none for each asset.
    assert run.requests.keys() == {"purview", "storage"}
    assert run.requests["purview"] == 1
    assert run.requests["storage"] <= 8


def test_a_process_that_has_just_started_knows_what_the_last_one_knew(new_estate: NewEstate) -> None:
    new_estate().tick()
    newcomer = new_estate()
    before = newcomer.purview.log.last_seq

    run = newcomer.tick()

    assert newcomer.asked_of_purview(before) == {ASSIGNMENTS: 1}
    assert run.counts["queued"] == 0


def test_a_tag_set_after_the_last_tick_is_found_while_the_search_index_lags(small_estate: Estate) -> None:
    small_estate.purview.patch_switches({"index_lag_s": 600})
    small_estate.tick()
    small_estate.act("tag", asset="Products", term=TERM)

    small_estate.sync()

    assert small_estate.record_of("Products").status is AssetStatus.SYNCED
    assert "Products" in dict(small_estate.groups())


def test_an_asset_that_loses_its_tag_keeps_its_group_and_has_it_when_the_tag_returns(small_estate: Estate) -> None:
    small_estate.sync()
    groups = small_estate.groups()
    small_estate.act("untag", asset="Orders", term=TERM)

    small_estate.sync()
    assert small_estate.groups() == groups
    assert small_estate.record_of("Orders").group_id

    small_estate.act("tag", asset="Orders", term=TERM)
    assert small_estate.sync().counts["queued"] == 0
    assert small_estate.groups() == groups
    assert small_estate.record_of("Orders").status is AssetStatus.SYNCED


def test_several_keywords_select_the_assets_of_each_once(new_small_estate: NewEstate) -> None:
    estate = new_small_estate(SYNC_TERM=f"{TERM}; {OTHER_TERM};Customer@Glossary;{TERM}")

    run = estate.tick()

    # `Customers` carries two of the three terms.
    assert sorted(record.name for record in estate.records()) == ["Customers", "Orders", "Products", "customers.csv"]
    assert run.counts["assigned"] == 4
    before = estate.purview.log.last_seq
    estate.tick()
    assert estate.asked_of_purview(before) == {ASSIGNMENTS: 3}


def test_changed_keywords_count_at_the_next_tick_and_delete_nothing(new_small_estate: NewEstate) -> None:
    new_small_estate().sync()

    estate = new_small_estate(SYNC_TERM=OTHER_TERM)
    run = estate.sync()

    assert [name for name, _ in estate.groups()] == ["Customers", "Orders", "Products"]
    assert len(estate.records()) == 3
    assert run.notes[:1] == [f"The settings changed from: on, keywords {TERM}, to: on, keywords {OTHER_TERM}."]


def test_a_record_that_was_lost_is_made_again_after_a_while(small_estate: Estate) -> None:
    small_estate.sync()
    lost = small_estate.record_of("Orders")
    small_estate.app.assets.forget(lost.key)
    assert small_estate.tick().counts["queued"] == 0

    small_estate.app.reconcile.run()
    small_estate.clock.advance(COMPARE_AFTER.total_seconds())
    small_estate.sync()

    assert small_estate.record_of("Orders").group_id == lost.group_id
    assert len(small_estate.groups()) == 2
