"""Writes the cached schemas anew: `python tests/data/bicep-schemas/refresh.py PATH_TO_AZMCP`.

`azmcp` is the program of Microsoft's package msmcp-azure (MIT licence). It carries the type index that the Bicep
compiler uses and answers without a network. Types that its index has no schema for are written by hand (`own/`).
Descriptions are left out, and so are types that no property which can be set leads to.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
TYPES = (
    "Microsoft.Authorization/roleAssignments",
    "Microsoft.Insights/components",
    "Microsoft.KeyVault/vaults",
    "Microsoft.KeyVault/vaults/secrets",
    "Microsoft.ManagedIdentity/userAssignedIdentities",
    "Microsoft.Network/privateEndpoints",
    "Microsoft.Network/privateEndpoints/privateDnsZoneGroups",
    "Microsoft.Network/virtualNetworks",
    "Microsoft.OperationalInsights/workspaces",
    "Microsoft.Storage/storageAccounts",
    "Microsoft.Storage/storageAccounts/blobServices",
    "Microsoft.Storage/storageAccounts/blobServices/containers",
    "Microsoft.Storage/storageAccounts/queueServices",
    "Microsoft.Storage/storageAccounts/queueServices/queues",
    "Microsoft.Storage/storageAccounts/tableServices",
    "Microsoft.Storage/storageAccounts/tableServices/tables",
    "Microsoft.Web/serverfarms",
    "Microsoft.Web/sites",
    "Microsoft.Web/sites/basicPublishingCredentialsPolicies",
)
Wire = dict[str, Any]


def fetch(azmcp: str, resource_type: str) -> list[Wire]:
    """Return azmcp's answer: the resource and all types that it refers to."""
    command = [azmcp, "bicepschema", "get", "--resource-type", resource_type]
    environment = {**os.environ, "AZURE_MCP_COLLECT_TELEMETRY": "false"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    types: list[Wire] = json.loads(done.stdout)["results"]["BicepSchemaResult"]
    return types


def to_schema(wire: list[Wire]) -> Wire:
    """Return the schema as the tests read it: `{"type", "apiVersion", "body", "types": {name: object}}`."""
    resource = next(item for item in wire if item["$type"] == "Resource")
    name, _, version = resource["name"].partition("@")
    by_name = {item["name"]: item for item in [*wire, resource["bodyType"]] if "Object" in item["$type"]}
    body = resource["bodyType"]["name"]
    types: Wire = {}
    waiting = [body]
    while waiting:
        current = waiting.pop()
        if current in by_name and current not in types:
            types[current] = to_object(by_name[current])
            waiting += referred(types[current])
    return {"type": name, "apiVersion": version, "body": body, "types": dict(sorted(types.items()))}


def to_object(wire: Wire) -> Wire:
    """Return one object type, or the variants of one that a property tells apart."""
    if wire["$type"] == "DiscriminatedObject":
        tag = wire["discriminator"]
        variants = {}
        for element in wire["elements"]:
            value = next(each["type"] for each in element["properties"] if each["name"] == tag)
            variants[value] = to_object({**element, "properties": wire["baseProperties"] + element["properties"]})
        return {"discriminator": tag, "variants": variants}
    shape: Wire = {"properties": {each["name"]: to_property(each) for each in wire["properties"]}}
    if "additionalPropertiesType" in wire:
        shape["additional"] = wire["additionalPropertiesType"]
    return shape


def to_property(wire: Wire) -> Wire:
    """Return a property: its type, and what is special about it."""
    flags = wire.get("flags", "")
    shape: Wire = {"type": wire["type"]}
    shape |= {"required": True} if "Required" in flags else {}
    shape |= {"readOnly": True} if "ReadOnly" in flags else {}
    shape |= {"limits": wire["modifiers"]} if wire.get("modifiers", "sensitive") != "sensitive" else {}
    return shape


def referred(shape: Wire) -> list[str]:
    """Return the names of the types that can be set inside an object."""
    found = [shape["additional"]] if isinstance(shape.get("additional"), str) else []
    for variant in [shape, *shape.get("variants", {}).values()]:
        found += [each["type"] for each in variant.get("properties", {}).values() if not each.get("readOnly")]
    return [name.replace("[]", "") for name in found]


def main(azmcp: str) -> None:
    """Fetch and write every type."""
    for resource_type in TYPES:
        schema = to_schema(fetch(azmcp, resource_type))
        path = HERE / f"{resource_type.replace('/', '_')}.json"
        path.write_text(json.dumps(schema, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
