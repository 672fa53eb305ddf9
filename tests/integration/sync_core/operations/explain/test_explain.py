"""`GET status?explain=`: each cause is made on the simulated services, and is the first thing that is told."""

import json
from dataclasses import replace
from typing import Any

import pytest

from local.cluedin.admin import actions as in_cluedin
from local.cluedin.admin.bodies import LoadedDataSet
from local.purview.admin import unified
from local.stack import TERM
from sync_core.app import triggers
from sync_core.errors import ThrottledError
from sync_core.operations.explain.findings import Cause
from sync_core.runtime import Runtime
from tests.integration.sync_core.operations.explain.conftest import Ask
from tests.kit.estate import Estate, NewEstate

LAKE = "https://contosolake.dfs.core.windows.net"
SQL = "mssql://contoso-sql.database.windows.net/crm/dbo"
READING = {"GET", "HEAD"}


def first(answer: Any) -> Any:
    """Return the first cause of the one asset that is explained, with the whole finding."""
    (asset,) = answer["assets"]
    for weight in ("inTheWay", "waits", "well"):
        for one in asset["findings"]:
            if one["weight"] == weight:
                return one["cause"], one
    return None, None


def guid_of(estate: Estate, name: str) -> str:
    (found,) = [one.guid for one in estate.purview.catalog.entities.values() if one.qualified_name == name]
    return found


@pytest.fixture
def synced(small_estate: Estate) -> Estate:
    """Orders and Customers stand in CluedIn."""
    small_estate.sync()
    return small_estate


def test_an_asset_is_found_by_all_that_names_it(synced: Estate, ask: Ask) -> None:
    guid = guid_of(synced, f"{SQL}/Orders")
    portal = f"https://web.purview.azure.com/resource/contoso/main/catalog/entity?guid={guid}&tid={guid[::-1]}"
    for text in ("Orders", f"{SQL}/Orders", guid, guid.upper(), portal, "ORDERS"):
        answer = ask(synced, text)
        assert [one["guid"] for one in answer["assets"]] == [guid]
        cause, finding = first(answer)
        assert cause == "inCluedIn"
        assert "'Orders'" in finding["what"]


def test_several_of_one_name_are_each_explained(estate: Estate, ask: Ask) -> None:
    estate.act("untag", asset=f"{LAKE}/raw/erp/customers.csv", term=TERM)
    estate.sync()
    answer = ask(estate, "customers.csv")
    assert [one["cause"] for one in answer["findings"]] == ["several"]
    told = {one["qualifiedName"]: one["isWell"] for one in answer["assets"]}
    assert told == {f"{LAKE}/raw/crm/customers.csv": True, f"{LAKE}/raw/erp/customers.csv": False}


def test_a_process_of_an_assets_name_is_not_what_is_asked_about(estate: Estate, ask: Ask) -> None:
    estate.sync()
    types = [(one["type"], one["isLeftOut"]) for one in ask(estate, "Revenue")["assets"]]
    assert types == [("powerbi_report", False), ("powerbi_report_process", True)]
    told = estate.app.explain.whole("Revenue")
    assert told.about is not None
    assert (told.about.guid, told.first and told.first.cause) == (told.assets[0].guid, "inCluedIn")


def test_what_nobody_has_is_told_with_what_is_like_it(synced: Estate, ask: Ask) -> None:
    answer = ask(synced, "Order")
    assert answer["assets"] == []
    assert answer["findings"][0]["cause"] == "notFound"
    assert "'Orders'" in answer["findings"][0]["evidence"]


@pytest.mark.parametrize("operation", ["Discovery_Query", ".*"])
def test_while_nobody_can_be_asked_nothing_is_told_as_not_there(
    small_estate: Estate, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    small_estate.purview_fault(operation, times=None, status=503)
    monkeypatch.setattr("sync_core.app.triggers.app", lambda: small_estate.app)
    answer = triggers.status({"explain": "suppliers.csv"})
    assert (answer.status, answer.headers["Retry-After"]) == (503, "10")
    assert "Not all could be asked for what is called 'suppliers.csv'." in json.loads(answer.body)["detail"]
    (finding,) = small_estate.app.explain.whole("suppliers.csv").findings  # on the dashboard, beside the rest
    assert (finding.cause, finding.weight) == ("notAnswered", "inTheWay")
    assert "503" in finding.evidence


def test_a_keyword_that_names_nothing_does_not_hide_that_an_asset_is_not_there(
    new_small_estate: NewEstate, ask: Ask
) -> None:
    (finding,) = ask(new_small_estate(SYNC_TERM="Nope"), "nobody.csv")["findings"]
    assert finding["cause"] == "notFound"


def test_while_purview_wants_to_be_left_alone_nothing_is_told_as_not_there(small_estate: Estate, ask: Ask) -> None:
    small_estate.purview_fault(".*", times=None, status=429, headers={"Retry-After": "120"})
    small_estate.failing_tick(ThrottledError)
    told = [(one["cause"], one["weight"]) for one in ask(small_estate, "suppliers.csv")["findings"]]
    assert ("throttled", "waits") in told
    assert ("notAnswered", "waits") in told
    assert "notFound" not in dict(told)


@pytest.mark.parametrize(
    ("keywords", "cause", "fix"),
    [
        ("sync to cluedin@Glossary", "letterCase", "Write Sync to CluedIn@Glossary"),
        ("SyncTo CluedIn", "whiteSpace", "Write Sync to CluedIn in SYNC_TERM"),
        ("Sync to CluedIn@Business Terms", "otherGlossary", "Write Sync to CluedIn@Glossary"),
        ("Revenue", "notTagged", "Give it one of these terms"),
    ],
)
def test_keywords_that_miss_the_term_are_told_by_how(
    new_estate: NewEstate, ask: Ask, keywords: str, cause: str, fix: str
) -> None:
    found, finding = first(ask(new_estate(SYNC_TERM=keywords), f"{SQL}/Orders"))
    assert found == cause
    assert fix in finding["fix"]


def test_a_term_that_there_is_not_comes_before_that_the_asset_lacks_it(new_small_estate: NewEstate, ask: Ask) -> None:
    cause, finding = first(ask(new_small_estate(SYNC_TERM="Nope"), "Orders"))
    assert cause == "keywordUnknown"
    assert "'Nope', which Purview does not show" in finding["evidence"]


@pytest.mark.parametrize("status", ["Draft", "Expired"])
def test_a_draft_that_was_never_shown_to_the_app_is_no_reason_to_give_a_term(
    domains: Estate, ask: Ask, status: str
) -> None:
    unified.set_roles(domains.purview, {"roles": ["global-catalog-reader"]})
    unified.set_status(domains.purview, {"term": "Tag@Finance", "status": status})
    cause, finding = first(ask(domains, "Orders"))
    assert cause == "keywordUnknown"
    assert "publish it, if it is a draft or expired" in finding["fix"]


def test_keywords_that_cannot_be_looked_up_are_not_unknown(small_estate: Estate, ask: Ask) -> None:
    small_estate.purview_fault("Glossary_.*|Entity_GetByUniqueAttribute", times=None, status=503)
    answer = ask(small_estate, "Orders")
    cause, finding = first(answer)
    assert cause == "notAnswered"
    assert "503" in finding["evidence"]
    assert "keywordUnknown" not in [one["cause"] for one in answer["assets"][0]["findings"]]


def test_a_term_on_a_column_only_is_told(synced: Estate, ask: Ask) -> None:
    synced.act("tag", asset=f"{SQL}/Products#Sku", term=TERM)
    cause, finding = first(ask(synced, "Products"))
    assert cause == "tagOnColumn"
    assert "'Sku'" in finding["what"]


@pytest.mark.parametrize(
    ("container", "first_cause"),
    [(f"{LAKE}/raw", "notTagged"), ("mssql://contoso-sql.database.windows.net", "typeLeftOut")],
)
def test_a_column_of_something_below_is_no_column_of_its_container(
    estate: Estate, ask: Ask, container: str, first_cause: str
) -> None:
    answer = ask(estate, container)
    assert first(answer)[0] == first_cause
    assert "tagOnColumn" not in [one["cause"] for one in answer["assets"][0]["findings"]]


def test_a_column_is_left_out(synced: Estate, ask: Ask) -> None:
    cause, finding = first(ask(synced, f"{SQL}/Orders#Total"))
    assert cause == "typeLeftOut"
    assert "a column" in finding["what"]


def test_a_role_that_is_missing_at_the_collection_is_told(synced: Estate, ask: Ask) -> None:
    synced.act("set_roles", roles={"Finance": ["purview-reader"]})
    answer = ask(synced, "Orders")  # the search does not show it: the record does
    cause, finding = first(answer)
    assert cause == "hidden"
    assert "403" in finding["evidence"]
    assert "Data Reader" in finding["fix"]


def test_a_deleted_asset_is_gone(synced: Estate, ask: Ask) -> None:
    guid = guid_of(synced, f"{SQL}/Orders")
    synced.act("delete", asset=guid)
    assert first(ask(synced, guid))[0] == "gone"


@pytest.fixture
def domains(new_estate: NewEstate) -> Estate:
    """A tenant after asset curation: the term Tag of the domain Finance is on Orders, that of Sales on Products."""
    estate = new_estate(SYNC_TERM="Tag@Finance")
    unified.curate(estate.purview, {"phase": "direct"})
    for name, asset in (("Finance", f"{SQL}/Orders"), ("Sales", f"{SQL}/Products")):
        unified.add_domain(estate.purview, {"name": name})
        unified.add_concept(estate.purview, {"term": "Tag", "domain": name, "assets": [asset]})
    return estate


def test_a_term_of_another_governance_domain_is_told(domains: Estate, ask: Ask) -> None:
    domains.sync()
    assert first(ask(domains, "Orders"))[0] == "inCluedIn"
    cause, finding = first(ask(domains, "Products"))
    assert cause == "otherDomain"
    assert "Tag@Sales" in finding["fix"]


@pytest.mark.parametrize(("status", "cause"), [("Draft", "draft"), ("Expired", "expired")])
def test_a_term_that_is_not_published_is_told(domains: Estate, ask: Ask, status: str, cause: str) -> None:
    domains.sync()
    unified.set_status(domains.purview, {"term": "Tag@Finance", "status": status})
    unified.link(domains.purview, {"term": "Tag@Finance", "assets": [f"{SQL}/Customers"], "force": True})
    domains.clock.advance(660)
    domains.tick()
    assert first(ask(domains, f"{SQL}/Customers"))[0] == cause
    assert first(ask(domains, "Orders"))[0] == "inCluedIn"  # what it showed last stays


def test_a_catalog_that_is_not_asked_is_told(new_estate: NewEstate, domains: Estate, ask: Ask) -> None:
    classic = new_estate(SYNC_TERM="Tag", SYNC_TERM_STORE="classic")
    assert domains.app is not classic.app
    assert first(ask(classic, "Products"))[0] == "otherStore"


def test_with_all_an_index_that_lags_is_told(new_catalog: NewEstate, ask: Ask) -> None:
    estate = new_catalog()
    estate.tick()
    estate.purview.patch_switches({"index_lag_s": 600})
    guid = estate.act("add_asset", name="Late.csv").guid
    cause, finding = first(ask(estate, guid))
    assert cause == "indexBehind"
    assert "UTC" in finding["evidence"]


def test_a_switch_that_is_off_is_told(new_small_estate: NewEstate, ask: Ask) -> None:
    cause, finding = first(ask(new_small_estate(SYNC_ENABLED="false"), "Orders"))
    assert (cause, finding["fix"]) == ("settingsOff", "Switch SYNC_ENABLED on.")


def test_what_was_just_tagged_is_seen_by_the_next_tick(small_estate: Estate, ask: Ask) -> None:
    assert first(ask(small_estate, "Orders"))[0] == "notSeenYet"
    small_estate.tick()
    cause, finding = first(ask(small_estate, "Orders"))
    assert cause == "waiting"
    assert "next attempt comes at" in finding["what"]


def test_a_service_that_asks_to_slow_down_is_told(small_estate: Estate, ask: Ask) -> None:
    small_estate.tick()
    small_estate.cluedin_fault(".*", times=None, status=429, headers={"Retry-After": "120"})
    small_estate.work()
    cause, finding = first(ask(small_estate, "Orders"))
    assert cause == "throttled"
    assert "CluedIn" in finding["what"]


def test_a_dead_letter_is_told_with_its_cause(small_estate: Estate, ask: Ask) -> None:
    small_estate.cluedin.patch_switches({"refused_names": ["Orders", f"Orders : {SQL}/Orders"]})
    small_estate.sync()
    small_estate.deliver_again()
    cause, finding = first(ask(small_estate, "Orders"))
    assert cause == "deadLetter"
    assert "replay --id" in finding["fix"]


def test_an_asset_that_lost_its_term_is_told_with_its_grace_and_its_end(synced: Estate, ask: Ask) -> None:
    synced.act("untag", asset=f"{SQL}/Orders", term=TERM)
    synced.tick()
    answer = ask(synced, f"{SQL}/Orders")
    assert first(answer)[0] == "notTagged"
    assert "inGrace" in [one["cause"] for one in answer["assets"][0]["findings"]]
    synced.clock.advance(60)
    synced.tick()
    assert "retired" in [one["cause"] for one in ask(synced, f"{SQL}/Orders")["assets"][0]["findings"]]


def test_a_group_that_was_deleted_is_told(synced: Estate, ask: Ask) -> None:
    synced.delete_group("Orders")
    assert first(ask(synced, "Orders"))[0] == "waiting"  # it was just made: CluedIn may show it late
    synced.clock.advance(120)
    cause, finding = first(ask(synced, "Orders"))
    assert cause == "groupGone"
    assert "take the term from the asset" in finding["fix"]


def test_a_switch_that_is_off_is_told_once_of_a_group_that_is_gone(synced: Estate, new_small_estate: NewEstate) -> None:
    synced.delete_group("Orders")
    synced.clock.advance(120)
    off = new_small_estate(SYNC_ENABLED="false").app.looking.explain.whole("Orders")
    causes = [finding.cause for one in off.assets for finding in one.findings]
    assert causes.count(Cause.SETTINGS_OFF) == 1
    assert causes.index(Cause.SETTINGS_OFF) < causes.index(Cause.GROUP_GONE)


def test_a_name_that_another_group_has_is_told(small_estate: Estate, ask: Ask) -> None:
    small_estate.add_foreign_group("Orders", "somebody's")
    small_estate.sync()
    (asset,) = ask(small_estate, "Orders")["assets"]
    (told,) = [one for one in asset["findings"] if one["cause"] == "nameTaken"]
    assert f"Orders : {SQL}/Orders" in told["what"]


def load(estate: Estate, **changes: Any) -> None:
    body = {"source": f"{SQL}/Orders", "name": "Orders 2026", "rows": [{"id": 1}], **changes}
    in_cluedin.load_data_set(estate.cluedin, LoadedDataSet.model_validate({"webhook": False, **body}))


def test_data_sets_are_told_by_what_they_lack(synced: Estate, ask: Ask) -> None:
    load(synced, name="unmapped")
    assert first(ask(synced, "Orders"))[0] == "notMapped"


def test_a_data_set_that_was_processed_before_its_source_was_ours_is_told(small_estate: Estate, ask: Ask) -> None:
    small_estate.add_foreign_group("Orders of before", f"{SQL}/Orders")
    load(small_estate, mapping={"id": "order.id"}, entity_type="/Order")
    small_estate.clock.advance(3600)
    small_estate.sync()
    small_estate.deliver_again()
    assert first(ask(small_estate, f"{SQL}/Orders"))[0] == "processedBefore"


def test_whatever_fails_is_a_finding_and_hides_nothing(synced: Estate, ask: Ask) -> None:
    synced.cluedin_fault(".*", times=None, status=500)
    causes = [one["cause"] for one in ask(synced, "Orders")["assets"][0]["findings"]]
    assert causes == ["tagged", "notAnswered", "notAnswered"]
    synced.purview_fault(".*", times=None, status=500)
    assert first(ask(synced, "Orders"))[0] == "notAnswered"


def test_a_question_writes_nothing_anywhere(new_small_estate: NewEstate, ask: Ask) -> None:
    estate = new_small_estate()
    rows = estate.stored()
    purview, cluedin = estate.purview.log.last_seq, estate.cluedin.log.last_seq
    estate.purview_fault(".*", times=1, status=429)
    for text in ("Orders", "no such asset", f"{SQL}/Orders#Total"):
        ask(estate, text)
    assert estate.stored() == rows
    asked = [one for one in estate.purview_log(purview) if one.method not in READING]
    assert [one.operation for one in asked if not str(one.operation).endswith("_Query")] == []
    assert {name for name in estate.calls(cluedin) if "create" in name.lower()} == set()


def test_what_takes_long_is_told_in_parts(synced: Estate) -> None:
    seconds = iter(range(10_000))
    slow = replace(synced.app, runtime=Runtime(now=synced.clock.now, monotonic=lambda: next(seconds) / 2))
    query, causes, parts = {"explain": "Orders"}, list[str](), 0
    while True:
        body = json.loads(slow.explain.answer(query).body)
        causes += [one["cause"] for asset in body["assets"] for one in asset["findings"]]
        parts += 1
        if body["next"] is None:
            break
        query["next"] = body["next"]
    assert parts > 2
    assert causes[-2:] == ["inCluedIn", "noDataSet"]
    whole = [one.cause.value for one in synced.app.explain.whole("Orders").assets[0].findings]
    assert causes == whole


@pytest.mark.parametrize(("query", "status"), [({}, 200), ({"next": "nonsense"}, 400), ({"explain": "x" * 9000}, 400)])
def test_the_route_answers_so(
    synced: Estate, monkeypatch: pytest.MonkeyPatch, query: dict[str, str], status: int
) -> None:
    monkeypatch.setattr("sync_core.app.triggers.app", lambda: synced.app)
    answer = triggers.status({"explain": "Orders", **query})
    assert answer.status == status
    assert "counts" in json.loads(triggers.status({"explain": " "}).body)
