from sync_core.http.services import CLUEDIN
from tests.unit.docs.tables import DOCS, code, read_table
from tests.unit.infra.rights import QUEUE, ROLES, TABLE, Grant, Place, read_grants

REMEDY = CLUEDIN.rights_remedy


def test_the_table_of_rights_in_azure_is_the_templates_own() -> None:
    documented = {
        (row["role"], code(row["role id"]), _place(row["where"]))
        for row in read_table("permissions.md", "The app in Azure")
    }
    assert documented == {(grant.role, grant.role_id, grant.place) for grant in read_grants()}


def test_every_right_says_which_feature_needs_it_and_why() -> None:
    for heading in ("The app in Azure", "The app in Purview", "The app in CluedIn"):
        rows = read_table("permissions.md", heading)
        assert rows
        assert all(row["feature"] and row["why"] for row in rows)


def test_the_purview_roles_that_the_design_rests_on_are_asked_for() -> None:
    rows = {(row["role"], row["where"]) for row in read_table("permissions.md", "The app in Purview")}
    assert {("Data Reader", "root collection"), ("Data Curator", "collection `PURVIEW_COLLECTION`")} <= rows


def test_an_account_that_cluedin_refuses_something_is_told_each_section_it_may_need() -> None:
    sections = [
        row["section"].partition(" \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} ")
        for row in read_table("permissions.md", "The app in CluedIn")
    ]
    assert sections
    assert [each for each in sections if f"{each[0]} > " not in REMEDY or each[2] not in REMEDY] == []


def test_it_is_told_that_a_contributor_could_delete_the_apps_own_queues_and_tables() -> None:
    could = {grant.role for grant in read_grants() if {"delete"} & _verbs_on_the_thing_itself(grant)}
    assert could == {"Storage Queue Data Contributor", "Storage Table Data Contributor"}
    text = (DOCS / "permissions.md").read_text(encoding="utf-8")
    assert "could delete or make\n  anew each of its own" in text


def _verbs_on_the_thing_itself(grant: Grant) -> set[str]:
    """Return what a role allows with a queue or table as a whole: read, write, delete."""
    return {
        action.rpartition("/")[2] for action in ROLES[grant.role_id][1] if action.rpartition("/")[0] in {QUEUE, TABLE}
    }


def _place(cell: str) -> Place:
    kind, _, name = cell.partition(" ")
    return Place(kind, name.strip("`"))
