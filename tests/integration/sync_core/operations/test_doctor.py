import json
from dataclasses import replace
from typing import Any

import pytest

from local.purview.admin import unified
from sync_core.errors import ConfigError
from sync_core.operations.doctor import Finding, Verdict
from tests.kit.estate import Estate, NewEstate


def test_the_doctor_finds_nothing_wrong_with_an_app_that_is_well(new_estate: NewEstate) -> None:
    findings = list(new_estate().app.doctor.examine())

    assert [finding.check for finding in findings if not finding.is_well] == []
    assert len(findings) == 14


def test_the_doctor_names_each_setting_that_is_wrong_and_goes_on(new_estate: NewEstate) -> None:
    app = new_estate(SYNC_TERM="Sink to CluedIn", PURVIEW_COLLECTION="No/Such", CLUEDIN_PASSWORD="wrong").app

    wrong = {finding.check: finding.detail for finding in app.doctor.examine() if not finding.is_well}

    assert len(wrong) == 4
    assert "Sync to CluedIn@Glossary" in wrong["Keywords: they select something that exists"]
    assert "clu3dn" in wrong["Purview: the collection for CluedIn's assets exists"]
    assert "CLUEDIN_PASSWORD" in wrong["CluedIn: the service account can sign in and see data source groups"]


def test_the_doctor_misses_no_role(new_estate: NewEstate) -> None:
    estate = new_estate()
    estate.purview.access.grant("*", {})

    wrong = [finding.detail for finding in estate.app.doctor.examine() if not finding.is_well]

    assert any("Data Reader" in detail for detail in wrong)
    assert any("Data Curator" in detail for detail in wrong)


def test_the_app_answers_its_examination_over_http(new_estate: NewEstate) -> None:
    answer = new_estate(PURVIEW_COLLECTION="No/Such").app.doctor.answer({})

    found = json.loads(answer.body)
    assert answer.status == 200
    assert found["isWell"] is False
    assert [one["isWell"] for one in found["findings"]].count(False) == 1


GLOSSARY = "Purview: the app's identity may read the glossary (Data Reader on the root collection)"
HOST = "Unified Catalog: its host answers the app's identity"
FOUND = "Unified Catalog: what the keywords find there"


def findings(estate: Estate) -> dict[str, Finding]:
    return {finding.check: finding for finding in estate.app.doctor.examine()}


@pytest.fixture
def catalog(new_estate: NewEstate) -> Estate:
    """A tenant after asset curation: the term Tag of the domain Finance is on 90 assets, and a draft of it in Sales."""
    estate = new_estate(SYNC_TERM="Tag")
    acts: list[tuple[Any, dict[str, Any]]] = [
        (unified.curate, {"phase": "direct"}),
        (unified.add_domain, {"name": "Finance"}),
        (unified.add_domain, {"name": "Sales"}),
        (unified.add_concept, {"term": "Tag", "domain": "Finance"}),
        (unified.add_concept, {"term": "Tag", "domain": "Sales", "status": "Draft"}),
    ]
    for act, body in acts:
        act(estate.purview, body)
    estate.generate(90, linked="Tag@Finance")
    return estate


def test_the_doctor_tells_what_the_catalog_has_for_the_keywords(catalog: Estate) -> None:
    found = findings(catalog)
    assert "shows 2 governance domains" in found[HOST].detail
    assert "term Tag@Finance has 90 links of 100 that a term can have" in found[FOUND].detail
    assert "'Tag' is also there as draft" in found[FOUND].detail


@pytest.mark.parametrize("status", [403, 404, 429, 500])
def test_links_that_cannot_be_read_hide_nothing_of_the_others(new_estate: NewEstate, status: int) -> None:
    estate = new_estate(SYNC_TERM="Tag;Label;Nothing")
    unified.curate(estate.purview, {"phase": "direct"})
    unified.add_domain(estate.purview, {"name": "Finance"})
    tag, _ = (unified.add_concept(estate.purview, {"term": name, "domain": "Finance"}) for name in ("Tag", "Label"))
    estate.unreadable(f"/terms/{tag['id']}/relationships", status=status)

    found = findings(estate)[FOUND]

    assert found.verdict is Verdict.FAIL
    assert "the links of term Tag@Finance cannot be read: " in found.detail
    assert f"{status}" in found.detail
    assert ("term Label@Finance has 0 links." in found.detail) is (status != 429)  # that asks all of us to slow down
    assert "'Nothing': nothing published there has that name" in found.detail
    assert "asset curation is not seen to be enabled" in found.detail


def test_where_no_links_can_be_read_the_reason_is_told_once(new_estate: NewEstate) -> None:
    estate = new_estate(SYNC_TERM="Tag;Label")
    unified.curate(estate.purview, {"phase": "direct"})
    unified.add_domain(estate.purview, {"name": "Finance"})
    for name in ("Tag", "Label"):
        unified.add_concept(estate.purview, {"term": name, "domain": "Finance"})
    estate.unreadable("/relationships", status=500)

    found = findings(estate)[FOUND]

    assert found.verdict is Verdict.FAIL
    assert "the links of term Tag@Finance, term Label@Finance cannot be read: " in found.detail
    assert found.detail.count("500") == 1
    assert "asset curation is not seen to be enabled" in found.detail


def test_the_doctor_names_the_host_that_answers(new_estate: NewEstate) -> None:
    estate = new_estate(PURVIEW_CATALOG_ENDPOINT="http://127.0.0.1:9")
    found = findings(estate)[HOST]
    assert found.verdict is Verdict.FAIL
    assert f"set PURVIEW_CATALOG_ENDPOINT={estate.app.settings.purview_endpoint}." in found.detail


ARM, ACCOUNT, PUBLIC = (
    "https://contoso.catalog.purview.azure.com",
    "https://contoso.purview.azure.com",
    "https://api.purview-service.microsoft.com",
)


@pytest.mark.parametrize("configured", [ARM, ACCOUNT, PUBLIC])
@pytest.mark.parametrize("answering", [ARM, ACCOUNT, PUBLIC])
def test_of_three_hosts_the_doctor_names_the_one_that_does_not_refuse(
    new_estate: NewEstate, configured: str, answering: str
) -> None:
    """Microsoft's own name for the host is known to refuse a managed identity, while the account's host answers it."""
    estate = new_estate()
    estate.purview.patch_switches({"unified_refused_hosts": ["localhost"]})
    here = estate.app.settings.purview_endpoint
    at = {url: here if url == answering else here.replace("127.0.0.1", "localhost") for url in (ARM, ACCOUNT, PUBLIC)}
    examine = replace(
        estate.app.doctor.catalog,
        settings=estate.app.settings.model_copy(
            update={"purview_endpoint": ARM, "purview_catalog_endpoint": configured}
        ),
        client_of=lambda url: estate.app.catalog_at(at[url]),
    )
    if configured == answering:
        assert examine.host().startswith(f"{configured} shows")
        return
    with pytest.raises(ConfigError) as failure:
        examine.host()
    assert f"{configured}: " in str(failure.value)
    assert "403" in str(failure.value)
    assert f"But {answering} answers: set PURVIEW_CATALOG_ENDPOINT={answering}." in str(failure.value)


@pytest.mark.parametrize(
    ("store", "verdict"), [("auto", Verdict.OPEN), ("unified", Verdict.FAIL), ("classic", Verdict.PASS)]
)
def test_a_missing_role_is_wrong_where_only_the_catalog_counts(
    new_estate: NewEstate, store: str, verdict: Verdict
) -> None:
    estate = new_estate(SYNC_TERM_STORE=store)
    unified.set_roles(estate.purview, {"roles": []})
    found = findings(estate)[HOST]
    assert found.verdict is verdict
    assert ("Global Catalog Reader" in found.detail) is (store != "classic")


@pytest.mark.parametrize(("store", "is_well"), [("auto", False), ("classic", False), ("unified", True)])
@pytest.mark.parametrize("status", [403, 404, 500])
def test_glossaries_that_nobody_asks_for_may_answer_what_they_like(
    new_estate: NewEstate, store: str, status: int, *, is_well: bool
) -> None:
    estate = new_estate(SYNC_TERM_STORE=store)
    estate.unreadable("/atlas/v2/glossary", status=status)
    assert findings(estate)[GLOSSARY].is_well is is_well


def test_the_doctor_tells_of_asset_curation_and_what_to_write(new_estate: NewEstate) -> None:
    estate = new_estate(SYNC_TERM="Sync to CluedIn@Glossary")
    unified.add_domain(estate.purview, {"name": "Finance"})
    estate.tick()
    estate.purview.patch_switches({"classic_list_after": "empty"})
    unified.curate(estate.purview, {"phase": "published", "domain": "Finance"})
    for _ in range(3):  # one odd look proves nothing
        estate.clock.advance(660)
        estate.tick()
    told = findings(estate)[FOUND].detail
    assert "seems to have enabled asset curation" in told
    assert "write Sync to CluedIn@Finance, or the bare name Sync to CluedIn" in told
