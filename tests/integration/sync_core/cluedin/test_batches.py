"""Several calls in one request: each has an answer of its own, or none is believed."""

from typing import Any

import pytest

from sync_core.cluedin.batches import CluedInBatches
from sync_core.cluedin.client import Made
from sync_core.cluedin.lists import ListPage
from sync_core.errors import AlreadyExistsError, CredentialsError, RejectedError, SyncError, TransientError
from tests.kit.bench import Bench

CREATE_GROUP = "createDataSourceSet$"


@pytest.fixture
def batches(bench: Bench) -> CluedInBatches:
    return CluedInBatches(bench.app.cluedin)


def answer(bench: Bench, data: dict[str, Any], *errors: dict[str, Any]) -> None:
    bench.cluedin_fault(CREATE_GROUP, status=200, body={"data": data, **({"errors": list(errors)} if errors else {})})


def error_at(alias: str, **extensions: str) -> dict[str, Any]:
    return {"message": "no", "path": [alias, "createDataSourceSet"], "extensions": extensions}


def made(*identifiers: int) -> dict[str, Any]:
    return {f"a{number}": {"createDataSourceSet": identifier} for number, identifier in enumerate(identifiers)}


def ids(found: list[Made | SyncError]) -> list[str | type]:
    return [one.id if isinstance(one, Made) else type(one) for one in found]


def test_groups_sources_and_look_ups_keep_their_order(batches: CluedInBatches, bench: Bench) -> None:
    names = [f"group {number}" for number in range(20)]

    groups = [one for one in batches.create_groups(names) if isinstance(one, Made)]
    sources = batches.create_sources([(group.id, f"of {name}") for group, name in zip(groups, names, strict=True)])
    pages = batches.fetch_first_pages(names)

    assert len(groups) == len(sources) == 20
    assert bench.groups() == sorted((name, [f"of {name}"]) for name in names)
    for name, group, page in zip(names, groups, pages, strict=True):
        assert isinstance(page, ListPage)
        assert group.id in page.rows
        assert all(name in found.name for found in page.rows.values())
    assert bench.calls()["inbound.createDataSourceSet" + ",inbound.createDataSourceSet" * 19] == 1


def test_an_error_is_that_of_its_alias(batches: CluedInBatches, bench: Bench) -> None:
    bench.add_foreign_group("taken", "a source")
    bench.cluedin.patch_switches({"duplicate_names": "refuse"})

    found = batches.create_groups(["free", "taken", "free too"])

    assert [type(one) for one in found] == [Made, AlreadyExistsError, Made]


def test_a_batch_that_was_carried_out_in_part_is_not_sent_again(batches: CluedInBatches, bench: Bench) -> None:
    answer(bench, {**made(71), "a1": None}, error_at("a1", code="UNAUTHENTICATED"))

    found = batches.create_groups(["one", "two"])

    assert ids(found) == ["71", CredentialsError]
    assert bench.groups() == []


def test_a_batch_that_seems_not_to_be_carried_out_is_not_sent_again_either(
    batches: CluedInBatches, bench: Bench
) -> None:
    answer(bench, {"a0": None, "a1": None}, error_at("a0", code="UNAUTHENTICATED"))

    found = batches.create_groups(["one", "two"])

    assert ids(found) == [CredentialsError, TransientError]
    assert bench.groups() == []


def test_an_id_that_comes_twice_is_nobodys(batches: CluedInBatches, bench: Bench) -> None:
    answer(bench, made(7, 8, 7))

    assert ids(batches.create_groups(["one", "two", "three"])) == [TransientError, "8", TransientError]


@pytest.mark.parametrize("nothing", [None, {}, {"createDataSourceSet": None}, {"createDataSourceSet": []}, [], "7"])
def test_an_alias_without_an_id_has_an_unknown_outcome(batches: CluedInBatches, bench: Bench, nothing: Any) -> None:
    answer(bench, {**made(7), "a1": nothing})

    assert ids(batches.create_groups(["one", "two"])) == ["7", TransientError]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({}, RejectedError),
        ({"inbound": {"createDataSourceSet": 7}}, RejectedError),
        ({"inbound": None}, RejectedError),
    ],
)
def test_a_server_that_does_not_know_aliases_is_told_from_one_that_fails(
    batches: CluedInBatches, bench: Bench, data: dict[str, Any], error: type[SyncError]
) -> None:
    answer(bench, data)

    with pytest.raises(error):
        batches.create_groups(["one", "two"])


@pytest.mark.parametrize("path", [None, [], ["inbound"], "a0", [0], ["a2"], ["a00", "createDataSourceSet"]])
def test_an_error_about_the_whole_is_of_all(batches: CluedInBatches, bench: Bench, path: Any) -> None:
    answer(bench, made(7, 8), {"message": "503: Service Unavailable", "path": path})

    with pytest.raises(TransientError):
        batches.create_groups(["one", "two"])
