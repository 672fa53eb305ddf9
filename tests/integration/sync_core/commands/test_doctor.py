import json

from tests.integration.sync_core.flows.conftest import NewEstate


def test_the_doctor_finds_nothing_wrong_with_an_app_that_is_well(new_estate: NewEstate) -> None:
    findings = list(new_estate().app.doctor.examine())

    assert [finding.check for finding in findings if not finding.is_well] == []
    assert len(findings) == 12


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
    answer = new_estate(PURVIEW_COLLECTION="No/Such").app.doctor.answer()

    found = json.loads(answer.body)
    assert answer.status == 200
    assert found["isWell"] is False
    assert [one["isWell"] for one in found["findings"]].count(False) == 1
