"""What lineage writes is never taken for an asset to sync: that would feed the sync with its own results."""

import pytest

from sync_core.runs.run import RunKind, RunOutcome
from tests.kit.lineage_bench import CUSTOMERS, LineageBench, NewBench


@pytest.mark.parametrize("collection", ["clu3dn", "contoso"], ids=["its own collection", "the root, with all others"])
def test_lineage_is_not_discovered_among_all_assets(new_bench: NewBench, collection: str) -> None:
    bench = new_bench(SYNC_TERM="*", PURVIEW_COLLECTION=collection)
    bench.app.discover_assets.run()
    before = recorded(bench)
    assert CUSTOMERS in before
    bench.push(bench.load(bench.sync_asset()))
    bench.purview.submit_changes()
    assert len(bench.graph().own) > 6

    for _ in range(2):
        bench.app.discover_assets.run()

    (run,) = bench.app.runs.latest(RunKind.DISCOVER, 1)
    assert run.outcome is RunOutcome.SUCCEEDED
    assert recorded(bench) == before


def test_lineage_is_not_discovered_even_if_somebody_gives_it_the_term(bench: LineageBench) -> None:
    bench.push(bench.load(bench.sync_asset()))
    for qualified_name in bench.graph().own:
        bench.act("tag", asset=qualified_name, term="Sync to CluedIn@Glossary")

    bench.app.discover_assets.run()

    assert CUSTOMERS in recorded(bench)
    assert not [name for name in recorded(bench) if name.startswith("cluedin://")]


def recorded(bench: LineageBench) -> set[str]:
    return {record.qualified_name for record in bench.app.assets.all()}
