"""What an asset in Purview says of its sync: texts that fit, and nothing that holds no more."""

from sync_core.assets.record import AssetStatus
from sync_core.lineage.record import DataSetRecord, DataSetStatus
from sync_core.upkeep.asset_status import ATTRIBUTES, LONGEST, group_definition, hash_of, to_status
from tests.unit.sync_core.builders import NOW, make_record

LINK = "https://cluedin.contoso.com/groups"


def test_each_attribute_is_defined_and_always_written() -> None:
    defined = [one["name"] for one in group_definition()["attributeDefs"]]
    assert defined == list(ATTRIBUTES)
    assert set(to_status(make_record(), None, None, LINK)) == set(defined)


def test_an_asset_without_a_group_leads_nowhere_and_one_with_it_to_cluedin() -> None:
    assert to_status(make_record(), None, None, LINK)["cluedInLink"] == ""
    assert to_status(make_record(group_id="7"), None, None, LINK)["cluedInLink"] == LINK


def test_a_text_is_cut_to_what_its_definition_takes() -> None:
    told = to_status(make_record(status=AssetStatus.REJECTED, reason="x" * 5000), None, None, LINK)
    assert (told["syncState"], len(told["reason"])) == ("rejected", LONGEST)


def test_counts_that_cluedin_did_not_tell_are_empty() -> None:
    data_set = DataSetRecord(
        data_set_id="d1", status=DataSetStatus.PUSHED, name="May", first_seen_at=NOW, record_counts={"total": 3}
    )
    told = to_status(make_record(), None, data_set, LINK)
    assert (told["records"], told["recordsSuccessful"], told["lastDataSetAt"]) == ("3", "", "")


def test_an_asset_that_was_scanned_anew_gets_its_status_again() -> None:
    told = to_status(make_record(), None, None, LINK)
    assert hash_of("guid-1", told) != hash_of("guid-2", told)
    assert hash_of("guid-1", told) == hash_of("guid-1", dict(told))
