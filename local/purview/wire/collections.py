"""Handlers for collections and metadata policies. Source: docs/vendors/purview.md, sections 6 and 7."""

from urllib.parse import urlencode

from local.purview.behaviour.access import Right, forbidden
from local.purview.behaviour.collections import Collection
from local.purview.model import Json
from local.purview.wire.call import Call


def list_collections(call: Call) -> Json:
    """GET collections, a page at a time; `nextLink` leads on."""
    _require_any_role(call)
    collections, size = list(call.purview.collections), call.purview.switches.collections_page_size
    start = call.number("$skipToken", 0)
    end = start + size
    parameters = {"api-version": call.text("api-version") or "", "$skipToken": str(end)}
    next_link = f"{call.base_url}/account/collections?{urlencode(parameters)}" if end < len(collections) else None
    return {"value": [format_collection(each) for each in collections[start:end]], "nextLink": next_link}


def get_collection(call: Call) -> Json:
    """GET collections/{name}."""
    _require_any_role(call)
    return format_collection(call.purview.collections.get(call.path["name"]))


def put_collection(call: Call) -> Json:
    """PUT collections/{name}."""
    body, name = call.object(), call.path["name"]
    collections = call.purview.collections
    parent = (body.get("parentCollection") or {}).get("referenceName")
    if name != collections.root.name:
        parent = parent or collections.root.name
        call.require(Right.MANAGE, collections.get(parent).name)
    created_at = collections.get(name).created_at if name in collections else call.purview.clock.now().isoformat()
    friendly_name = body.get("friendlyName") or name
    collections.put(Collection(name, friendly_name, parent, body.get("description") or "", created_at))
    return format_collection(collections.get(name))


def delete_collection(call: Call) -> None:
    """DELETE collections/{name}."""
    call.require(Right.MANAGE, call.purview.collections.get(call.path["name"]).name)
    call.purview.collections.delete(call.path["name"])


def get_collection_path(call: Call) -> Json:
    """GET collections/{name}/getCollectionPath."""
    _require_any_role(call)
    path = call.purview.collections.path(call.path["name"])
    return {
        "parentNameChain": [each.name for each in path],
        "parentFriendlyNameChain": [each.friendly_name for each in path],
    }


def get_child_collection_names(call: Call) -> Json:
    """GET collections/{name}/getChildCollectionNames."""
    _require_any_role(call)
    children = call.purview.collections.children(call.purview.collections.get(call.path["name"]).name)
    return {"value": [{"name": each.name, "friendlyName": each.friendly_name} for each in children], "nextLink": None}


def format_collection(collection: Collection) -> Json:
    """A collection as answered; the root has no parentCollection. Source: example Collections_ListCollections."""
    formatted: Json = {
        "name": collection.name,
        "friendlyName": collection.friendly_name,
        "description": collection.description,
        "systemData": {"createdAt": collection.created_at, "lastModifiedAt": collection.created_at},
        "collectionProvisioningState": "Succeeded",
    }
    if collection.parent is not None:
        formatted["parentCollection"] = {"type": "CollectionReference", "referenceName": collection.parent}
    return formatted


def _require_any_role(call: Call) -> None:
    """Which role listing needs is not published: here any role anywhere."""
    if not call.purview.access.has_any_role(call.caller):
        raise forbidden(call.purview.switches, call.caller, "collection/read")


def list_policies(call: Call) -> Json:
    """GET policystore/metadataPolicies."""
    call.require(Right.MANAGE)
    return {"values": call.purview.policies.list()}


def get_collection_policy(call: Call) -> Json:
    """GET policystore/collections/{name}/metadataPolicy."""
    policy = call.purview.policies.of_collection(call.path["name"])
    call.require(Right.MANAGE, call.path["name"])
    return policy


def get_policy(call: Call) -> Json:
    """GET policystore/metadataPolicies/{policyId}."""
    policy = call.purview.policies.get(call.path["policyId"])
    call.require(Right.MANAGE, policy["properties"]["collection"]["referenceName"])
    return policy


def put_policy(call: Call) -> Json:
    """PUT policystore/metadataPolicies/{policyId}: the whole policy."""
    policy = get_policy(call)
    return call.purview.policies.put(policy["id"], call.object())
