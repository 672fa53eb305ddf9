"""What the doctor tells of rights that nothing but use can prove."""

import pytest

from sync_core.operations.doctor import Finding, Verdict
from tests.kit.lineage_bench import LineageBench

WRITE = "Purview: the app's identity may write to the collection (Data Curator)"
MAKE = "CluedIn: the service account may make groups and data sources"
DATA_SETS = "CluedIn: the service account may read data sets"
MAPPINGS = "CluedIn: the service account may read mappings (Annotation, Data Catalog)"
SUBMISSIONS = "CluedIn: the service account may read submissions (Annotation)"
PROBES = (WRITE, MAKE, DATA_SETS, MAPPINGS, SUBMISSIONS)


def examine(bench: LineageBench) -> dict[str, Finding]:
    """Return what the doctor finds, by check."""
    return {finding.check: finding for finding in bench.app.doctor.examine()}


def test_before_the_first_use_the_doctor_says_that_nothing_is_proven(bench: LineageBench) -> None:
    found = examine(bench)

    assert {found[check].verdict for check in PROBES} == {Verdict.OPEN}
    assert all(found[check].is_well for check in PROBES)
    assert all(found[check].detail.startswith("not proven: ") for check in PROBES)


def test_what_was_written_and_what_can_be_read_proves_the_right(bench: LineageBench) -> None:
    data_set_id = bench.load(bench.sync_asset())
    bench.push(data_set_id)

    found = examine(bench)

    assert {found[check].verdict for check in PROBES} == {Verdict.PASS}
    assert "Customers.csv" in found[WRITE].detail
    assert found[DATA_SETS].detail.startswith("1 data sets of ")


def test_a_source_without_a_mapped_data_set_proves_no_more_than_it_can(bench: LineageBench) -> None:
    bench.sync_asset()

    found = examine(bench)

    assert (found[MAKE].verdict, found[DATA_SETS].verdict) == (Verdict.PASS, Verdict.PASS)
    assert {found[check].verdict for check in (WRITE, MAPPINGS, SUBMISSIONS)} == {Verdict.OPEN}


@pytest.mark.parametrize(
    ("operation", "failing"),
    [
        ("inbound.dataSource", {DATA_SETS, MAPPINGS, SUBMISSIONS}),
        ("inbound.dataSet", {MAPPINGS}),
        ("preparation.annotation", {MAPPINGS}),
        ("preparation.getAnnotationSubmissions", {SUBMISSIONS}),
    ],
)
def test_a_right_that_the_service_account_lacks_is_named(
    bench: LineageBench, operation: str, failing: set[str]
) -> None:
    bench.push(bench.load(bench.sync_asset()))
    bench.cluedin.patch_switches({"forbidden_operations": [operation]})

    found = examine(bench)

    assert {check for check, finding in found.items() if finding.verdict is Verdict.FAIL} == failing
