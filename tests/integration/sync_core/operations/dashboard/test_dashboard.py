"""`GET dashboard`: what `status` tells, as a page for people."""

import html
import re
import socket
from collections.abc import Iterator
from uuid import UUID

import pytest

from local.stack import TERM
from sync_core.app import triggers
from sync_core.jobs.job import JobKind
from sync_core.ledger import request_ledger
from tests.kit.bench import CREATE_SOURCE
from tests.kit.estate import Estate
from tests.kit.lineage_bench import LineageBench
from tests.unit.sync_core.builders import make_data_set, make_dead_job
from tests.unit.sync_core.operations.dashboard.html import Document, read_html

REFUSED = {"errors": [{"message": "400: no such type"}], "data": None}
KEY = "YS1rZXktb2YtYW4tYWNjb3VudA=="


def show(estate: Estate, **query: str) -> Document:
    """Return the page."""
    answer = estate.app.dashboard.answer(query)
    assert (answer.status, answer.media_type) == (200, "text/html")
    return read_html(answer.body)


def assets(document: Document) -> list[str]:
    """Name the assets that are shown; a row starts with the name."""
    rows = [element for element in document.elements if element.name in {"table", "th"}]
    tables = [index for index, element in enumerate(rows) if element.name == "table"]
    heads = rows[tables[0] : tables[1]] if len(tables) > 1 else rows[tables[0] :] if tables else []
    return [" ".join(each.text.split()) for each in heads if each.attributes.get("scope") == "row"]


@pytest.fixture
def _new_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An app that reads its settings anew; those that are the same in each of these tests are set."""
    for name, value in {"PURVIEW_COLLECTION": "abc123", "CLUEDIN_ACCESS_TOKEN": "given", "SYNC_TERM": "*"}.items():
        monkeypatch.setenv(name, value)
    triggers.this_process.cache_clear()
    yield
    triggers.this_process.cache_clear()


def test_an_app_that_never_ran_shows_a_page_that_says_so(small_estate: Estate) -> None:
    assert "No tick has run yet" in show(small_estate).text


def test_each_asset_tells_where_it_stands_why_and_what_is_next(small_estate: Estate) -> None:
    small_estate.act("add_asset", name="", qualifiedName="https://lake.example/nameless", terms=[TERM])
    small_estate.cluedin_fault(CREATE_SOURCE, status=200, body=REFUSED, times=2)  # together, and one of them alone
    small_estate.sync()
    small_estate.deliver_again()
    small_estate.act("tag", asset="suppliers.csv", term=TERM)
    small_estate.tick()

    document = show(small_estate)

    assert f"on, keywords {TERM}" in document.text
    assert "1 dead letter waits for a person" in document.text
    assert "1 asset must be mended in Purview" in document.text
    assert (
        "400: no such type Next: Mend the cause. It is replayed by the next reconcile run, within 15 min. Dead letter"
        in document.text
    )
    assert "Next: It is worked off now." in document.text
    (dead_letter,) = small_estate.app.dead_letters.all()
    assert f"#dead-letter-{dead_letter.id}" in document.values("href")
    assert f"dead-letter-{dead_letter.id}" in document.values("id")


def test_a_processed_data_set_is_drawn_from_its_source_asset_on(small_estate: Estate) -> None:
    small_estate.sync()
    bench = LineageBench(
        small_estate.app, small_estate.cluedin, small_estate.purview, small_estate.storage, small_estate.clock
    )
    mapped = bench.load(small_estate.record_of("Customers").source_id, name="Customers of May")
    unmapped = bench.load(small_estate.record_of("Orders").source_id, name="Orders of May", mapping={}, entity_type="")
    for data_set_id in (mapped, unmapped):
        bench.push(data_set_id)

    document = show(small_estate)

    words = set(document.values("aria-label", of="svg"))
    assert "Records: 1,000 in all, 1,000 successful, 0 failed" in words
    assert {each for each in words if each.startswith("Lineage")} == {
        "Lineage: Customers → Customers of May → Customers of May clues → Customer",
        "Lineage: Orders → Orders of May",
    }
    assert "Next: Map it in CluedIn and process it: the rest of its lineage follows." in document.text


def test_filter_and_pages_are_those_of_the_status(small_estate: Estate) -> None:
    for number in range(5):
        small_estate.add_asset(f"asset {number}")
    first = show(small_estate, pageSize="3", code="key")
    (more,) = [link for link in first.values("href") if "after=" in link]
    after = re.search(r"after=([\w-]+)", more)
    assert more.startswith("?code=key&pageSize=3&after=2-")
    assert after

    second = show(small_estate, pageSize="3", code="key", after=after[1])

    assert len(assets(first)) == 3
    assert len(assets(second)) == 2
    assert len({*assets(first), *assets(second)}) == 5
    (found,) = assets(show(small_estate, search="asset 3"))
    assert found.startswith("asset 3")
    assert assets(show(small_estate, state="failed")) == []
    assert len(assets(show(small_estate, type="azure_sql_table"))) == 5
    assert assets(show(small_estate, type="azure_sql_view")) == []


def test_an_asset_has_a_page_of_its_own_by_its_key_and_by_its_guid(small_estate: Estate) -> None:
    small_estate.sync()
    record = small_estate.record_of("Orders")
    by_key, by_guid = (show(small_estate, asset=one) for one in (record.key, record.guid.upper()))
    for words in (
        "Seen in Purview for the first time",
        "Queued: its group and source were to be made",
        f"Group {record.group_id} created in CluedIn",
        f"Synced: source {record.source_id} created in CluedIn",
        record.synced_run_id,
        record.synced_request_id,
        "No data set of its source was processed yet",
    ):
        assert words in by_key.text
        assert words in by_guid.text
    assert any(f"entity?guid={record.guid}" in link for link in by_key.values("href"))


def test_an_assets_own_page_reads_itself_anew_until_its_work_is_done(small_estate: Estate) -> None:
    small_estate.tick()
    query = {"asset": small_estate.record_of("Orders").key}
    assert small_estate.app.dashboard.answer(query).headers["Refresh"] == "30"
    assert "Refresh" not in small_estate.app.dashboard.answer({**query, "refresh": "off"}).headers
    small_estate.work()
    assert "Refresh" not in small_estate.app.dashboard.answer(query).headers


def test_a_synced_asset_that_purview_hides_is_told_first_with_the_role_that_it_needs(small_estate: Estate) -> None:
    small_estate.sync()
    record = small_estate.record_of("Orders")
    small_estate.unreadable(record.guid, status=403)
    small_estate.act("untag", asset=record.qualified_name, term=TERM)
    for _ in range(2):
        small_estate.clock.advance(60)
        small_estate.tick()

    page, own_page = show(small_estate), show(small_estate, asset=record.key)

    assert "needs a person" in page.text
    assert "1 asset is hidden from the app Show Purview answers 403" in page.text
    assert assets(page)[0].startswith("Orders")
    assert "Orders synced needs a person Next: Purview hides it from the app (403)" in own_page.text


def test_an_assets_own_page_tells_of_no_dead_letter_of_others(small_estate: Estate) -> None:
    small_estate.sync()
    record, data_sets = small_estate.record_of("Orders"), small_estate.app.data_sets
    first, between, last = (str(UUID(int=number)) for number in (1, 2, 3))
    for data_set_id in (first, last):
        data_sets.save(make_data_set(data_set_id=data_set_id, asset_key=record.key))
    for data_set_id, own in ((between, []), (last, [last])):
        dead = make_dead_job(data_set_id, kind=JobKind.DATA_SET)
        data_sets.jobs.table.transact([data_sets.jobs.inserting(dead)])
        assert [one.id for one in small_estate.app.status.read_about(record.key).dead_letters] == own


def test_an_asset_is_explained_on_its_page_without_writing_anything(small_estate: Estate) -> None:
    small_estate.sync()
    record = small_estate.record_of("Orders")
    text = show(small_estate, asset=record.guid, explain="yes").text
    assert "Why it is in CluedIn, or not" in text
    assert "Look now" not in text
    assert f"group {record.group_id}" in text.lower()
    answer = small_estate.app.dashboard.answer({"asset": record.guid, "explain": "yes", "next": "none"})
    assert (answer.status, answer.media_type) == (400, "text/html")


@pytest.mark.parametrize("asset", ["x", "0" * 32, "1b5cd6b6-3a52-4c1b-8d8c-0c8d3a9e9c11", "<script>", "../.."])
def test_an_asset_that_is_not_recorded_is_told_on_a_page_that_leads_back(small_estate: Estate, asset: str) -> None:
    answer = small_estate.app.dashboard.answer({"asset": asset, "code": "k"})
    assert (answer.status, answer.media_type) == (404, "text/html")
    document = read_html(answer.body)
    assert "No asset is recorded under this key or guid." in document.text
    assert "?code=k" in document.values("href")


def test_a_wrong_parameter_is_told_on_a_page_too(small_estate: Estate) -> None:
    answer = small_estate.app.dashboard.answer({"state": "sinking"})
    assert (answer.status, answer.media_type) == (400, "text/html")
    assert "state is 'sinking'; expected one of queued" in read_html(answer.body).text


def test_it_costs_no_more_than_the_status_whatever_it_draws(small_estate: Estate) -> None:
    small_estate.sync()
    bench = LineageBench(
        small_estate.app, small_estate.cluedin, small_estate.purview, small_estate.storage, small_estate.clock
    )
    for name in ("one", "two"):
        bench.push(bench.load(small_estate.record_of("Customers").source_id, name=name))
    since = small_estate.purview.log.last_seq, small_estate.cluedin.log.last_seq
    with request_ledger() as of_status:
        small_estate.status()
    show(small_estate)  # the key that signs its buttons is made once
    with request_ledger() as of_page:
        show(small_estate)
    assert set(of_page) == set(of_status) == {"storage"}
    assert of_page["storage"] <= of_status["storage"]
    assert (small_estate.purview.log.last_seq, small_estate.cluedin.log.last_seq) == since


@pytest.mark.usefixtures("_new_process")
def test_wrong_settings_are_named_on_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PURVIEW_ENDPOINT", "not a url")
    monkeypatch.setenv("CLUEDIN_URL", "<script>")

    answer = triggers.dashboard({}, {"code": "key"})
    assert (answer.status, answer.media_type) == (503, "text/html")
    document = read_html(answer.body)
    assert "PURVIEW_ENDPOINT: found 'not a url'; expected a full URL" in document.text
    assert html.escape("<script>") in answer.body
    assert "?code=key" in document.values("href")


@pytest.mark.usefixtures("_new_process")
def test_storage_that_is_away_is_told_on_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/acct"
    monkeypatch.setenv("PURVIEW_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("CLUEDIN_URL", "http://127.0.0.1:9")
    storage = f"AccountName=acct;AccountKey={KEY};QueueEndpoint={url};TableEndpoint={url}"
    monkeypatch.setenv("AzureWebJobsStorage", storage)

    answer = triggers.dashboard({}, {})

    assert (answer.status, answer.media_type, answer.headers["Retry-After"]) == (503, "text/html", "10")
    assert "Storage did not answer" in answer.body
    assert KEY not in answer.body
