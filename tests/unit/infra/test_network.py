import re

import pytest

from tests.unit.infra.bicep.tree import BicepFile, properties, text, to_value
from tests.unit.infra.template import main, module, rows

NETWORK = module("network")


def settings(file: BicepFile, resource: str) -> dict[str, str]:
    """Return a resource's settings as they are written."""
    body = properties(properties(file.of_kind("resource")[resource].body)["properties"])
    return {name: text(value) for name, value in body.items()}


def given(call: str) -> dict[str, str]:
    """Return what the template hands to a module."""
    handed = properties(properties(main().of_kind("module")[call].body)["params"])
    return {name: text(value) for name, value in handed.items()}


def test_each_storage_service_that_the_host_needs_has_its_zone() -> None:
    # Source: learn.microsoft.com "Azure Private Endpoint private DNS zone values".
    storage = "${environment().suffixes.storage}"
    assert {str(door["service"]): zone(door["zone"]) for door in rows(NETWORK, "storageDoors")} == {
        "blob": f"privatelink.blob.{storage}",
        "queue": f"privatelink.queue.{storage}",
        "table": f"privatelink.table.{storage}",
    }


def test_the_vault_has_its_zone_in_every_cloud() -> None:
    doors = text(NETWORK.of_kind("variable")["vaultDoors"].value)
    [(suffix, old, new)] = re.findall(r"zone: replace\(environment\(\)\.suffixes\.(\w+), '([^']+)', '([^']+)'\)", doors)
    assert suffix == "keyvaultDns"
    # Source: `az cloud list`, the suffixes of the clouds.
    assert ".vault.azure.net".replace(old, new) == "privatelink.vaultcore.azure.net"
    assert ".vault.azure.cn".replace(old, new) == "privatelink.vaultcore.azure.cn"
    assert "service: 'vault'" in doors
    assert doors.startswith("empty(vaultId)\n  ? []")


def test_every_door_has_a_zone_a_link_an_endpoint_and_a_name_in_the_zone() -> None:
    assert text(NETWORK.of_kind("variable")["doors"].value) == "concat(storageDoors, vaultDoors)"
    for name in ("zones", "zoneLinks", "endpoints", "zoneGroups"):
        loop = text(NETWORK.of_kind("resource")[name].value)
        assert re.match(r"\[\s+for (door|\(door, i\)) in doors: \{", loop), name
    assert "name: door.zone" in text(NETWORK.of_kind("resource")["zones"].node)
    assert "privateDnsZoneId: zones[i].id" in settings(NETWORK, "zoneGroups")["privateDnsZoneConfigs"]
    assert "parent: zones[i]" in text(NETWORK.of_kind("resource")["zoneLinks"].node)
    assert "parent: endpoints[i]" in text(NETWORK.of_kind("resource")["zoneGroups"].node)
    assert settings(NETWORK, "zoneLinks") == {
        "registrationEnabled": "false",
        "virtualNetwork": "{ id: network.id }",
    }


def test_an_endpoint_leads_to_its_own_service_and_stands_in_the_subnet_for_endpoints() -> None:
    endpoint = settings(NETWORK, "endpoints")
    assert endpoint["subnet"] == "{ id: '${network.id}/subnets/${endpointSubnetName}' }"
    assert "groupIds: [door.service]" in endpoint["privateLinkServiceConnections"]
    assert (
        "privateLinkServiceId: door.service == 'vault' ? vaultId : account.id"
        in (endpoint["privateLinkServiceConnections"])
    )


def test_the_app_has_a_subnet_of_its_own_that_is_handed_to_its_plan() -> None:
    names = [to_value(NETWORK.of_kind("variable")[name].value) for name in ("appSubnetName", "endpointSubnetName")]
    assert len(set(names)) == 2
    subnets = [
        properties(subnet)
        for subnet in properties(properties(NETWORK.of_kind("resource")["network"].body)["properties"])[
            "subnets"
        ].named_children
    ]
    assert [text(subnet["name"]) for subnet in subnets] == ["appSubnetName", "endpointSubnetName"]
    of_app, of_endpoints = (text(subnet["properties"]) for subnet in subnets)
    # Source: learn.microsoft.com "Flex Consumption plan", virtual network integration.
    assert re.findall(r"serviceName: '([^']+)'", of_app) == ["Microsoft.App/environments"]
    assert "delegations" not in of_endpoints
    assert "cidrSubnet(addressPrefix, 26, 0)" in of_app
    assert "cidrSubnet(addressPrefix, 26, 1)" in of_endpoints
    output = NETWORK.of_kind("output")["appSubnetId"]
    assert text(output.value) == "'${network.id}/subnets/${appSubnetName}'"


def test_the_app_is_joined_to_the_network_where_there_is_one() -> None:
    assert text(main().of_kind("module")["network"].value).startswith("if (useVirtualNetwork)")
    assert given("functionApp")["subnetId"] == "useVirtualNetwork ? network!.outputs.appSubnetId : ''"
    assert settings(module("function-app"), "app")["virtualNetworkSubnetId"] == "empty(subnetId) ? null : subnetId"
    assert given("network")["storageAccountName"] == "storage.outputs.name"


@pytest.mark.parametrize(
    ("name", "resource", "closed_when"),
    [
        ("storage", "account", "!useVirtualNetwork"),
        ("key-vault", "vault", "!(useVirtualNetwork && usePrivateVault)"),
    ],
)
def test_what_has_a_private_door_closes_its_public_one(name: str, resource: str, closed_when: str) -> None:
    opened = settings(module(name), resource)
    assert opened["publicNetworkAccess"] == "allowPublicAccess ? 'Enabled' : 'Disabled'"
    assert "defaultAction: allowPublicAccess ? 'Allow' : 'Deny'" in opened["networkAcls"]
    assert given("storage" if name == "storage" else "vault")["allowPublicAccess"] == closed_when


def test_the_vault_is_in_the_network_when_it_is_closed() -> None:
    assert given("network")["vaultId"] == "usePrivateVault ? vault.outputs.id : ''"
    assert text(module("key-vault").of_kind("output")["id"].value) == "vault.id"


def zone(value: object) -> str:
    """Return the text of a string that holds an expression."""
    return str(getattr(value, "text", value)).strip("'")
