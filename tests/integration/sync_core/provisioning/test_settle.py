from local.cluedin.switches import CluedInSwitches
from sync_core.assets.record import AssetStatus
from tests.kit.bench import CREATE_GROUP, CREATE_SOURCE, Bench


def test_a_delivery_right_after_a_lost_answer_waits_until_cluedin_shows_what_was_made(bench: Bench) -> None:
    bench.cluedin.switches = CluedInSwitches(read_after_create_lag_s=30)
    key = bench.add_asset()
    bench.cluedin_fault(CREATE_GROUP, drop="after")

    bench.deliver(key)
    bench.deliver(key)  # a duplicate, at once: a look now would find nothing

    assert len(bench.cluedin.store.data_source_sets) == 1
    assert bench.record(key).status is AssetStatus.QUEUED


def test_a_half_made_group_that_someone_renames_is_not_trusted_by_its_id_alone(bench: Bench) -> None:
    key = bench.add_asset()
    bench.cluedin_fault(CREATE_SOURCE, status=503)
    bench.deliver(key)
    bench.rename_group("Account.csv", "Kunden")
    bench.age_group(key)
    bench.settle(key)

    bench.deliver(key)

    assert bench.groups() == [("Kunden", [])]  # snapshots decide whether another one is made


def test_with_the_asset_records_alone_lost_a_renamed_assets_group_is_found_again(bench: Bench) -> None:
    bench.deliver(bench.add_asset("first"))  # takes the inventory
    bench.deliver(bench.add_asset("Old name", "https://lake.example/renamed"))
    bench.app.storage.tables.delete_table("syncassets")

    bench.deliver(bench.add_asset("New name", "https://lake.example/renamed"))

    assert [group for group, _ in bench.groups()] == ["Old name", "first"]
