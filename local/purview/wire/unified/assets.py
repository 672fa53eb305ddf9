"""Handlers for data assets."""

from local.purview.model import Json
from local.purview.unified.errors import invalid, not_found
from local.purview.unified.links import read_entity_type
from local.purview.unified.model import DataAsset
from local.purview.wire.call import Call, Created
from local.purview.wire.unified.concepts import write_link
from local.purview.wire.unified.door import read_body
from local.purview.wire.unified.lists import cut, has_name, order, write_origin


def list_assets(call: Call) -> Json:
    """GET dataAssets?skip&top."""
    found = order(call.purview.unified.assets.visible(call.caller), None)
    return cut(call, {}, found, lambda asset: write_asset(call, asset))


def query_assets(call: Call) -> Json:
    """POST dataAssets/query: no paging fields, so everything at once."""
    body, unified = read_body(call), call.purview.unified
    ids, guids = _lower(body.get("ids")), _lower(body.get("sourceAssetIds"))
    with_orphans = body.get("includingOrphans", call.purview.switches.unified_orphans_by_default)
    found = [
        asset
        for asset in unified.assets.visible(call.caller)
        if (not ids or asset.id in ids)
        and (not guids or asset.guid in guids)
        and has_name(call, asset, body.get("nameKeyword"))
        and (not body.get("assetTypes") or asset.type in body["assetTypes"])
        and (with_orphans or unified.links.is_linked(asset.id))
    ]
    return {"value": [write_asset(call, asset) for asset in order(found, None)]}


def get_asset(call: Call) -> Json:
    """GET dataAssets/{dataAssetId}."""
    return write_asset(call, call.purview.unified.assets.get(call.caller, call.path["dataAssetId"]))


def create_asset(call: Call) -> Created:
    """POST dataAssets."""
    return Created(write_asset(call, call.purview.unified.assets.create(read_body(call), call.by)))


def list_links(call: Call) -> Json:
    """GET dataAssets/{dataAssetId}/relationships?entityType: what leads to it."""
    kind = read_entity_type(call.text("entityType")) if call.text("entityType") else None
    found = call.purview.unified.links.of_asset(call.caller, call.path["dataAssetId"], kind)
    return {"value": [write_link(link) | {"entityId": concept.id} for concept, link in found]}


def unlink(call: Call) -> None:
    """DELETE dataAssets/{dataAssetId}/relationships?entityType&entityId: from the asset's side."""
    links, asset_id, entity_id = call.purview.unified.links, call.path["dataAssetId"], call.text("entityId")
    if not entity_id:
        raise invalid("The entityId parameter is required.")
    found = links.of_asset(call.caller, asset_id, read_entity_type(call.text("entityType")))
    concept = next((concept for concept, _ in found if concept.id == entity_id.lower()), None)
    if concept is None or call.purview.switches.unified_asset_side_delete == "not_found":
        raise not_found("Relationship", entity_id)
    links.remove(call.caller, concept, "DATAASSET", asset_id)


def write_asset(call: Call, asset: DataAsset) -> Json:
    """As answered: live values of the entity, or the last known ones when it is gone."""
    entity, switches = call.purview.unified.assets.entity(asset), call.purview.switches
    is_gone = asset.guid is not None and entity is None
    state = "SoftDeleted" if is_gone and switches.unified_deleted_asset == "soft_deleted" else "Succeeded"
    written: Json = {
        "id": asset.id,
        "name": entity.display_text if entity else asset.name,
        "type": asset.type,
        **asset.body,
        "source": _write_source(call, asset),
        "typeProperties": {},
        "systemData": write_origin(asset) | {"provisioningState": state},
    }
    if switches.unified_classifications and entity:
        written["classifications"] = [str(each.get("typeName")) for each in entity.classifications]
    return written


def _write_source(call: Call, asset: DataAsset) -> Json:
    entity, switches = call.purview.unified.assets.entity(asset), call.purview.switches
    if asset.guid is None:
        return asset.source
    source = dict(asset.source) | {"accountName": call.purview.account_name}
    if entity:
        source |= {"assetType": entity.type_name, "fqn": entity.qualified_name}
    is_object = switches.unified_asset_attributes == "object"
    source["assetAttributes"] = {"qualifiedName": source["fqn"]} if is_object else []
    if switches.unified_source_type != "missing":
        source["type"] = switches.unified_source_type
    return source


def _lower(given: object) -> set[str]:
    return {str(each).lower() for each in given} if isinstance(given, list) else set()
