"""What is counted of runs, assets, jobs and lineage."""

from sync_core.telemetry.metrics import Metric, is_measured
from tests.kit.estate import Estate
from tests.kit.lineage_bench import LineageBench
from tests.kit.telemetry import Heard


def lineage_bench(estate: Estate) -> LineageBench:
    return LineageBench(estate.app, estate.cluedin, estate.purview, estate.storage, estate.clock)


def test_a_sync_and_its_lineage_are_counted(small_estate: Estate, heard: Heard) -> None:
    small_estate.sync()
    bench = lineage_bench(small_estate)
    bench.deliver(bench.load(small_estate.record_of("Customers").source_id))
    bench.work()
    small_estate.app.reconcile.run()

    points = heard.points()
    assert points["sync.runs"] == {("discover", "succeeded"): 1, ("reconcile", "succeeded"): 1}
    assert points["sync.run.duration"].keys() == points["sync.runs"].keys()
    assert points["sync.assets"] == {("new",): 2}
    assert points["sync.jobs"] == {("asset", "done"): 2, ("data_set", "done"): 1}
    assert points["sync.lineage.pushes"] == {("pushed",): 1}
    assert points["sync.jobs.outstanding"] == {("asset",): 0, ("data_set",): 0}


def test_what_is_outstanding_is_told_with_the_age_of_the_oldest(small_estate: Estate, heard: Heard) -> None:
    small_estate.tick()
    small_estate.clock.advance(600)
    small_estate.app.reconcile.run()

    points = heard.points()
    assert points["sync.jobs.outstanding"] == {("asset",): 2, ("data_set",): 0}
    assert points["sync.jobs.oldest"][("asset",)] >= 600
    assert points["sync.jobs.oldest"][("data_set",)] == 0


def test_each_series_has_the_attributes_that_the_metric_says(small_estate: Estate, heard: Heard) -> None:
    assert is_measured()
    small_estate.sync()
    small_estate.app.reconcile.run()

    known = {metric.metric: metric for metric in Metric}
    told = heard.attributes()
    assert told.keys() <= known.keys()
    assert {
        name: sorted(keys - set(known[name].attributes))
        for name, keys in told.items()
        if keys - set(known[name].attributes)
    } == {}
