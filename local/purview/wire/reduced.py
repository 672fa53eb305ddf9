"""Answers that tell less, as switched: what public documents show of them differs, or is silent."""

from collections.abc import Iterator

from local.purview.model import Entity, Json
from local.purview.wire.call import Call

LINKS = ("inputs", "outputs")


def as_switched(mutation: Json, write_answer: str) -> Json:
    """A write's answer without its guidAssignments, without anything, without each second entity, or mixed up."""
    assigned = mutation.get("guidAssignments", {})
    match write_answer:
        case "empty":
            return {}
        case "no_assignments":
            mutation.pop("guidAssignments", None)
        case "partial":
            mutated = {action: entities[::2] for action, entities in mutation["mutatedEntities"].items()}
            return {"mutatedEntities": mutated, "guidAssignments": dict(list(assigned.items())[::2])}
        case "mixed_up":
            guids = list(assigned.values())
            return {"guidAssignments": dict(zip(assigned, [*guids[1:], *guids[:1]], strict=True))}
    return mutation


def reduced(call: Call, entity: Entity, formatted: Json) -> Json:
    """An entity without what the account does not tell of its parts, its links and its collection."""
    switches = call.purview.switches
    if not switches.collection_in_entity:
        del formatted["collectionId"]
    for place in ("attributes", "relationshipAttributes"):
        told = formatted.get(place, {})
        for name in LINKS if switches.links != "by_guid" else ():
            _reduce_links(call, told, name)
        for name in _owned(call, entity) if switches.owned_parts != "listed" else ():
            _reduce_parts(told, name, is_absent=switches.owned_parts == "absent")
    return formatted


def _owned(call: Call, entity: Entity) -> Iterator[str]:
    ends = call.purview.types.entity_type(entity.type_name).ends.values()
    return (end.name for end in ends if end.is_owner and end.name not in LINKS)


def _reduce_parts(told: Json, name: str, *, is_absent: bool) -> None:
    if is_absent:
        told.pop(name, None)
    for part in told.get(name) or []:
        part.pop("displayText", None)


def _reduce_links(call: Call, told: Json, name: str) -> None:
    links = told.pop(name, None)
    if links is not None and call.purview.switches.links == "by_name":
        told[name] = [
            {
                "typeName": each["typeName"],
                "uniqueAttributes": {"qualifiedName": call.purview.catalog.entities[each["guid"]].qualified_name},
            }
            for each in links
        ]
