import base64
import json
import time
from typing import Any

import pytest

from local.purview import Purview
from tests.unit.local.purview.api import LAKE, SQL, Api, entity, error_code


def jwt(**claims: Any) -> str:
    """An unsigned token, as an identity endpoint for tests issues it."""
    fixed = {"aud": "https://purview.azure.net", "iat": int(time.time()), "exp": int(time.time()) + 3600}
    parts = [{"alg": "none"}, fixed | claims]
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    return ".".join([*encoded, "signature"])


def status(api: Api, token: str | None) -> int:
    api.token = token
    return api.get("/glossary", ignoreTermsAndCategories="true").status_code


@pytest.mark.parametrize("token", ["anything", jwt(), jwt(aud="https://purview.azure.net/"), "a.b.c"])
def test_tokens_are_accepted(api: Api, token: str) -> None:
    assert status(api, token) == 200


@pytest.mark.parametrize("token", [None, jwt(exp=int(time.time()) - 1), jwt(aud="https://management.azure.com")])
def test_a_missing_expired_or_foreign_token_is_refused_with_an_empty_body(api: Api, token: str | None) -> None:
    api.token = token
    answer = api.get("/glossary")
    assert (answer.status_code, answer.content) == (401, b"")


def test_revoked_tokens_are_refused_and_new_ones_accepted(api: Api) -> None:
    old, unseen = jwt(oid="old"), jwt(oid="unseen", iat=int(time.time()) - 60)
    assert status(api, old) == 200
    api.admin("tokens/revoke")
    assert status(api, old) == 401
    assert status(api, unseen) == 401
    assert status(api, jwt(oid="new")) == 200


@pytest.mark.parametrize(
    ("switch", "expected"),
    [("unauthorized", (401, None)), ("gateway_403", (403, "error")), ("atlas_403", (403, "errorCode"))],
)
def test_every_call_can_be_refused_in_each_shape(
    api: Api, purview: Purview, switch: str, expected: tuple[int, str | None]
) -> None:
    purview.patch_switches({"access": switch})
    answer = api.get("/glossary")
    assert answer.status_code == expected[0]
    assert (expected[1] in answer.json()) if expected[1] else answer.content == b""


def test_the_glossary_needs_a_role_on_the_root(api: Api) -> None:
    api.admin("roles", roles={"Sales": ["data-curator"]})
    answer = api.get("/glossary")
    assert error_code(answer) == (403, "403-00-001")


def test_a_role_is_missing_in_the_shape_that_is_switched_on(api: Api, purview: Purview) -> None:
    api.admin("roles", roles={})
    purview.patch_switches({"forbidden_shape": "gateway"})
    assert api.get("/glossary").json()["error"]["message"] == "Not authorized to access account"


def test_a_reader_reads_and_does_not_write(api: Api) -> None:
    api.admin("roles", roles={"contoso": ["purview-reader"]})
    table = api.named("azure_sql_table", f"{SQL}/Customers")
    assert api.post("/entity", {"entity": entity("DataSet", "x")}).status_code == 403
    assert api.post("/types/typedefs", {"entityDefs": []}).status_code == 403
    assert api.delete(f"/entity/guid/{table['guid']}").status_code == 403
    assert api.post(f"/glossary/terms/{api.sync_term()}/assignedEntities", [{"guid": table["guid"]}]).status_code == 403


def test_a_curator_of_one_collection_writes_there_only(api: Api) -> None:
    api.admin("roles", roles={"contoso": ["purview-reader"], "MDM": ["data-curator"]})
    api.write(entity("DataSet", "x"), collectionId="clu3dn")
    body = {"entities": [entity("DataSet", "y")]}
    assert api.post("/entity/bulk", body, collectionId="slsq1x").status_code == 403
    assert api.post("/entity/bulk", body).status_code == 403


def test_reading_an_asset_needs_a_role_on_its_collection(api: Api) -> None:
    api.admin("roles", roles={"Sales": ["purview-reader"]})
    assert api.named("azure_sql_table", f"{SQL}/Customers")["collectionId"] == "slsq1x"
    path = "/entity/uniqueAttribute/type/DataSet"
    assert api.get(path, **{"attr:qualifiedName": f"{LAKE}/raw/erp/customers.csv"}).status_code == 403


def test_an_administrator_of_collections_reads_no_assets(api: Api) -> None:
    api.admin("roles", roles={"contoso": ["collection-administrator"]})
    assert api.get("/glossary").status_code == 403
    assert api.search(keywords="*")["@search.count"] == 0
    assert api.get("!/policystore/collections/clu3dn/metadataPolicy").status_code == 200


def test_types_are_written_by_curators_of_the_root_or_of_any_collection_as_switched(api: Api, purview: Purview) -> None:
    api.admin("roles", roles={"MDM": ["data-curator"]})
    assert api.post("/types/typedefs", {"entityDefs": []}).status_code == 403
    purview.patch_switches({"typedef_role": "anywhere"})
    assert api.post("/types/typedefs", {"entityDefs": []}).status_code == 200


def test_a_role_is_granted_by_the_metadata_policy(api: Api) -> None:
    """As Microsoft's tutorial: read the policy, add the object id to the rule of the role, put the whole policy."""
    admin, app = jwt(oid="admin"), jwt(oid="app")
    api.admin("roles", principal="admin", roles={"contoso": ["collection-administrator"]})
    api.admin("roles", roles={})
    api.token = app
    body = {"entities": [entity("DataSet", "x")]}
    assert api.post("/entity/bulk", body, collectionId="clu3dn").status_code == 403
    api.token = admin
    policy = api.get("!/policystore/collections/clu3dn/metadataPolicy").json()
    name = "purviewmetadatarole_builtin_data-curator:clu3dn"
    rules = policy["properties"]["attributeRules"]
    assert name not in [rule["id"] for rule in rules]
    principals = {"attributeName": "principal.microsoft.id", "attributeValueIncludedIn": ["app"]}
    rules.append({"kind": "attributerule", "id": name, "name": name, "dnfCondition": [[principals]]})
    [permission] = [rule for rule in rules if rule["id"] == "permission:clu3dn"]
    permission["dnfCondition"].append([{"fromRule": name, "attributeName": "derived.purview.permission"}])
    updated = api.put(f"!/policystore/metadataPolicies/{policy['id']}", policy).json()
    assert updated["version"] == policy["version"] + 1
    api.token = app
    assert api.post("/entity/bulk", body, collectionId="clu3dn").status_code == 200


def test_a_role_that_the_permission_does_not_follow_from_gives_nothing(api: Api) -> None:
    policy = api.get("!/policystore/collections/clu3dn/metadataPolicy").json()
    name = "purviewmetadatarole_builtin_data-curator:clu3dn"
    principals = {"attributeName": "principal.microsoft.id", "attributeValueIncludedIn": ["app"]}
    rules = policy["properties"]["attributeRules"]
    rules.append({"kind": "attributerule", "id": name, "name": name, "dnfCondition": [[principals]]})
    updated = api.put(f"!/policystore/metadataPolicies/{policy['id']}", policy).json()
    assert name not in [rule["id"] for rule in updated["properties"]["attributeRules"]]


def test_the_permission_follows_from_the_roles_that_exist(api: Api) -> None:
    policy = api.get("!/policystore/collections/clu3dn/metadataPolicy").json()
    ids = {rule["id"] for rule in policy["properties"]["attributeRules"]}
    [permission] = [rule for rule in policy["properties"]["attributeRules"] if rule["id"] == "permission:clu3dn"]
    sources = {condition["fromRule"] for clause in permission["dnfCondition"] for condition in clause}
    assert {source for source in sources if not source.startswith("permission:")} == ids - {"permission:clu3dn"}


def test_the_root_policy_shows_every_role(api: Api) -> None:
    policy = api.get("!/policystore/collections/contoso/metadataPolicy").json()
    ids = [rule["id"] for rule in policy["properties"]["attributeRules"]]
    assert "purviewmetadatarole_builtin_purview-reader:contoso" in ids
    assert api.get(f"!/policystore/metadataPolicies/{policy['id']}").json() == policy
    assert len(api.get("!/policystore/metadataPolicies").json()["values"]) == 8
    assert api.get("!/policystore/metadataPolicies/nothing").status_code == 404
