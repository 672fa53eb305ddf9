from tests.unit.docs.tables import code, read_table
from tests.unit.infra.rights import Place, read_grants


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


def _place(cell: str) -> Place:
    kind, _, name = cell.partition(" ")
    return Place(kind, name.strip("`"))
