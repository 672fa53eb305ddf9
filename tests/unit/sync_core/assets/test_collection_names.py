"""What a collection is called for people: its friendly name, and its path where several have that."""

from sync_core.assets.collection_names import LONGEST, MOST, names_of
from sync_core.purview.wire import Collection

ROOT = Collection("contoso", "Contoso", "")


def test_a_collection_is_called_by_its_friendly_name() -> None:
    sales = Collection("slsq1x", "Sales", "contoso")
    assert names_of([ROOT, sales]) == {"contoso": "Contoso", "slsq1x": "Sales"}


def test_where_several_have_a_name_their_paths_tell_them_apart() -> None:
    north, south = Collection("aaaaaa", "North", "contoso"), Collection("bbbbbb", "South", "contoso")
    twins = [Collection("cccccc", "Sales", "aaaaaa"), Collection("dddddd", "sales", "bbbbbb")]
    names = names_of([ROOT, north, south, *twins])
    assert (names["cccccc"], names["dddddd"]) == ("Contoso/North/Sales", "Contoso/South/sales")


def test_a_circle_of_parents_and_a_collection_without_a_name_stop_nothing() -> None:
    circle = [Collection("aaaaaa", "Sales", "bbbbbb"), Collection("bbbbbb", "Sales", "aaaaaa"), Collection("", "x", "")]
    assert names_of(circle) == {"aaaaaa": "Sales/Sales", "bbbbbb": "Sales/Sales"}


def test_what_is_kept_has_a_bound() -> None:
    names = names_of(Collection(f"c{number:05}", "x" * 1000, "") for number in range(MOST + 5))
    assert len(names) == MOST
    assert {len(name) for name in names.values()} == {LONGEST}
