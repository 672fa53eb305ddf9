"""Who sees and does what in the Unified Catalog, and the policies that say so."""

import base64
import copy
import json
from typing import Any

import pytest

from local.purview import Purview
from tests.unit.local.purview.unified.catalog import Catalog

APP = "11111111-2222-4333-8444-555555555555"
ADMIN = "99999999-2222-4333-8444-555555555555"


def sign_in(catalog: Catalog, object_id: str) -> None:
    claims = base64.urlsafe_b64encode(json.dumps({"oid": object_id}).encode()).decode().rstrip("=")
    catalog.api.token = f"e30.{claims}.x"


@pytest.fixture
def strict(catalog: Catalog, term: str) -> Catalog:
    """Nobody has a role but an administrator and the owner of Finance; the app signs in."""
    assert catalog.get(f"/terms/{term}")["name"] == "Sync"
    catalog.admin("catalog/roles", roles=[])
    catalog.admin("catalog/roles", principal=ADMIN, roles=["datagovernance-administrator"])
    sign_in(catalog, APP)
    return catalog


def read_app_policy(catalog: Catalog) -> Any:
    sign_in(catalog, ADMIN)
    policies = catalog.get("/policies")["values"]
    return next(each for each in policies if each["name"].startswith("dgpolicy_datagovernanceapp_"))


def with_reader(policy: Any, *, derived: bool = True) -> Any:
    """The policy with the role Global Catalog Reader for the app."""
    changed = copy.deepcopy(policy)
    rules = changed["properties"]["attributeRules"]
    rule = f"purviewdatagovernancerole_builtin_global-catalog-reader:{policy['properties']['entity']['referenceName']}"
    condition = {"attributeName": "principal.microsoft.id", "attributeValueIncludedIn": [APP]}
    rules.append({"kind": "attributerule", "id": rule, "name": rule, "dnfCondition": [[condition]]})
    permission = next(each for each in rules if each["id"].startswith("permission_dg"))
    if derived:
        permission["dnfCondition"].append([{"fromRule": rule}])
    return changed


def test_who_has_no_role_at_all_may_not_call(strict: Catalog, purview: Purview) -> None:
    assert strict.refused("POST", "/terms/query", {}) == (403, "Unauthorized")
    purview.patch_switches({"unified_forbidden_body": "empty"})
    assert strict.refused("POST", "/terms/query", {}) == (403, "")


def test_a_reader_sees_published_terms_and_no_drafts(strict: Catalog, term: str) -> None:
    strict.admin("catalog/roles", principal=APP, roles=["global-catalog-reader"])
    assert strict.names("/terms") == ["Sync"]
    strict.admin("status", term="Sync", status="Draft")
    assert strict.names("/terms") == []
    assert strict.refused("GET", f"/terms/{term}") == (404, "DataCatalogNotFoundError")
    assert strict.refused("GET", f"/terms/{term}/relationships", entityType="DATAASSET")[0] == 404


@pytest.mark.parametrize(("mode", "count"), [("readable", 2), ("links_empty", 0)])
def test_a_draft_by_id_may_be_shown_to_a_reader(
    strict: Catalog, purview: Purview, term: str, mode: str, count: int
) -> None:
    strict.admin("catalog/roles", principal=APP, roles=["global-catalog-reader"])
    strict.admin("status", term="Sync", status="Draft")
    purview.patch_switches({"unified_hidden": mode})
    assert strict.get(f"/terms/{term}")["status"] == "DRAFT"
    assert len(strict.links(f"/terms/{term}")) == count
    assert strict.names("/terms") == []


def test_a_hidden_term_may_be_forbidden(strict: Catalog, purview: Purview, term: str) -> None:
    strict.admin("catalog/roles", principal=APP, roles=["global-catalog-reader"])
    strict.admin("status", term="Sync", status="Expired")
    purview.patch_switches({"unified_hidden": "forbidden"})
    assert strict.refused("GET", f"/terms/{term}") == (403, "Unauthorized")


def test_a_steward_of_the_domain_sees_its_drafts_only(strict: Catalog) -> None:
    strict.admin("domains", name="Sales")
    strict.admin("concepts", term="Other", domain="Sales", status="Draft")
    strict.admin("status", term="Sync", status="Draft")
    strict.admin("catalog/roles", principal=APP, roles=[], domains={"Finance": ["data-steward"]})
    assert strict.names("/terms") == ["Sync"]


def test_a_reader_may_write_nothing(strict: Catalog, term: str) -> None:
    strict.admin("catalog/roles", principal=APP, roles=["global-catalog-reader"])
    domain = strict.get(f"/terms/{term}")["domain"]
    assert strict.refused("POST", "/terms", {"name": "x", "domain": domain})[0] == 403
    assert strict.refused("POST", "/businessdomains", {"name": "x"})[0] == 403
    body = {"entityId": strict.links(f"/terms/{term}")[0]}
    assert strict.refused("POST", f"/terms/{term}/relationships", body, entityType="DATAASSET")[0] == 403


def test_an_administrator_gives_a_role_by_the_whole_policy(strict: Catalog) -> None:
    policy = read_app_policy(strict)
    saved = strict.put(f"/policies/{policy['id']}", with_reader(policy))
    assert saved["version"] == policy["version"] + 1
    sign_in(strict, APP)
    assert strict.names("/terms") == ["Sync"]


def test_a_role_from_which_no_permission_follows_gives_nothing(strict: Catalog) -> None:
    policy = read_app_policy(strict)
    strict.put(f"/policies/{policy['id']}", with_reader(policy, derived=False))
    sign_in(strict, APP)
    assert strict.refused("GET", "/terms")[0] == 403


def test_a_stale_policy_is_a_conflict_unless_switched(strict: Catalog, purview: Purview) -> None:
    policy = read_app_policy(strict)
    stale = {**policy, "version": policy["version"] - 1}
    assert strict.refused("PUT", f"/policies/{policy['id']}", stale) == (409, "VersionConflict")
    purview.patch_switches({"unified_stale_policy": "ok"})
    assert strict.put(f"/policies/{policy['id']}", stale)["version"] == policy["version"] + 1


def test_a_new_role_counts_after_its_lag(strict: Catalog, purview: Purview) -> None:
    purview.patch_switches({"unified_role_lag_s": 60})
    purview.clock.advance(61)
    policy = read_app_policy(strict)
    strict.put(f"/policies/{policy['id']}", with_reader(policy))
    sign_in(strict, APP)
    assert strict.names("/terms") == []
    purview.clock.advance(61)
    assert strict.names("/terms") == ["Sync"]


def test_policies_page_by_token_and_are_shown_to_who_may_change_them(strict: Catalog, purview: Purview) -> None:
    purview.patch_switches({"unified_token_page_size": 2})
    read_app_policy(strict)
    first = strict.get("/policies")
    rest = strict.get("/policies", skipToken=first["skipToken"])
    assert (len(first["values"]), len(rest["values"]), "skipToken" in rest) == (2, 1, False)
    strict.admin("catalog/roles", principal=APP, roles=["global-catalog-reader"])
    sign_in(strict, APP)
    assert strict.get("/policies") == {"values": []}
