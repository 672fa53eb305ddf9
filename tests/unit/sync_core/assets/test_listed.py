"""What a list tells of an asset, read from whatever row, and packed."""

import json

import pytest

from sync_core.assets.listed import LONGEST_TEXT, listed_of, pack, to_listed, unpack
from tests.unit.sync_core.builders import NOW, make_record, make_synced_record


def test_a_record_and_its_row_tell_the_same() -> None:
    record = make_synced_record(terms=["t1"], group_origin="created")
    row = {**record.model_dump(mode="json", exclude_none=True), "RowKey": f"record:{record.key}"}
    listed = to_listed({**row, "terms": json.dumps(record.terms)})
    assert listed == listed_of(record)
    assert (listed.key, listed.terms, listed.since_at, listed.made_as) == (record.key, ["t1"], NOW, "")


def test_an_asset_that_was_renamed_tells_what_it_was_made_as() -> None:
    assert listed_of(make_synced_record("New", synced_name="Old")).made_as == "Old"


@pytest.mark.parametrize(
    "row",
    [{}, {"terms": "{"}, {"terms": 5}, {"terms": "5"}, {"absent": "x"}, {"status": 7}, {"queued_at": "yesterday"}],
)
def test_a_row_of_another_version_is_told_as_far_as_it_goes(row: dict[str, object]) -> None:
    listed = to_listed({"RowKey": "record:k", **row})
    assert (listed.key, listed.terms, listed.absent, listed.since_at) == ("k", [], 0, None)


def test_texts_are_cut_and_lists_are_packed_and_found_again() -> None:
    long = listed_of(make_record("n" * 5000))
    assert len(long.name) == LONGEST_TEXT
    odd = listed_of(make_record("名前"))
    assert unpack(pack([long, odd])) == [long, odd]
    assert [one.name for one in unpack(pack([odd._replace(name="half \ud800")]))] == ["half ?"]


@pytest.mark.parametrize("packed", ["", "x", "AAAA", pack([]) + "A"])
def test_a_list_of_another_version_is_none(packed: str) -> None:
    assert unpack(packed) == []
