import pytest

from tests.unit.infra.template import STORAGE, Resource, resource, resources, settings, snapshot

ZONES = "Microsoft.Network/privateDnsZones"
ENDPOINTS = "Microsoft.Network/privateEndpoints"
NETWORK = "Microsoft.Network/virtualNetworks"
VAULT = "Microsoft.KeyVault/vaults"
# Source: learn.microsoft.com "Azure Private Endpoint private DNS zone values".
ZONE_OF = {
    "blob": "format('privatelink.blob.{0}', environment().suffixes.storage)",
    "queue": "format('privatelink.queue.{0}', environment().suffixes.storage)",
    "table": "format('privatelink.table.{0}', environment().suffixes.storage)",
    "vault": "replace(environment().suffixes.keyvaultDns, '.vault.', 'privatelink.vaultcore.')",
}
STORAGE_DOORS = {"blob", "queue", "table"}
DOORS = {"virtual-network": STORAGE_DOORS, "everything": STORAGE_DOORS | {"vault"}}
EVERY_NETWORK = pytest.mark.parametrize("kind", DOORS)


def properties_by_name(resource_type: str, kind: str) -> dict[str, Resource]:
    """Return the properties of the resources of a type by their names."""
    return {each["name"]: each.get("properties", {}) for each in resources(resource_type, kind)}


def endpoints(kind: str) -> dict[str, Resource]:
    """Return the endpoints by the services that they lead to."""
    return {each["properties"]["privateLinkServiceConnections"][0]["name"]: each for each in resources(ENDPOINTS, kind)}


@EVERY_NETWORK
def test_each_door_has_its_zone(kind: str) -> None:
    assert {each["name"] for each in resources(ZONES, kind)} == {f"[{ZONE_OF[door]}]" for door in DOORS[kind]}


def test_the_vault_has_its_zone_in_every_cloud() -> None:
    # Source: `az cloud list`, the suffixes of the clouds.
    old, new = ZONE_OF["vault"].split("'")[1::2]
    assert ".vault.azure.net".replace(old, new) == "privatelink.vaultcore.azure.net"
    assert ".vault.azure.cn".replace(old, new) == "privatelink.vaultcore.azure.cn"


@EVERY_NETWORK
def test_every_zone_is_linked_to_the_network(kind: str) -> None:
    network = resource(NETWORK, kind)
    links = properties_by_name(f"{ZONES}/virtualNetworkLinks", kind)
    assert links.keys() == {
        f"[format('{{0}}/{{1}}', {ZONE_OF[door]}, '{network['name']}-{door}')]" for door in DOORS[kind]
    }
    assert all(
        each == {"registrationEnabled": False, "virtualNetwork": {"id": network["id"]}} for each in links.values()
    )


@EVERY_NETWORK
def test_an_endpoint_leads_to_its_own_service_and_stands_in_the_subnet_for_endpoints(kind: str) -> None:
    subnet = f"{resource(NETWORK, kind)['id']}/subnets/private-endpoints"
    made = endpoints(kind)
    assert made.keys() == DOORS[kind]
    for door, endpoint in made.items():
        service = resource(VAULT if door == "vault" else STORAGE, kind)["id"]
        assert endpoint["properties"] == {
            "subnet": {"id": subnet},
            "privateLinkServiceConnections": [
                {"name": door, "properties": {"privateLinkServiceId": service, "groupIds": [door]}}
            ],
        }


@EVERY_NETWORK
def test_every_endpoint_has_its_name_in_its_zone(kind: str) -> None:
    groups = properties_by_name(f"{ENDPOINTS}/privateDnsZoneGroups", kind)
    assert groups.keys() == {f"{each['name']}/default" for each in endpoints(kind).values()}
    for door, endpoint in endpoints(kind).items():
        [config] = groups[f"{endpoint['name']}/default"]["privateDnsZoneConfigs"]
        assert config["name"] == door
        assert config["properties"]["privateDnsZoneId"].endswith(f"'{ZONES}', {ZONE_OF[door]})]")


@pytest.mark.parametrize(("kind", "ranges"), [("virtual-network", ["10.60.0.0/26", "10.60.0.64/26"])])
def test_the_app_has_a_subnet_of_its_own_that_is_handed_to_its_plan(kind: str, ranges: list[str]) -> None:
    of_app, of_endpoints = settings(NETWORK, kind)["subnets"]
    assert [each["properties"]["addressPrefix"] for each in (of_app, of_endpoints)] == ranges
    # Source: learn.microsoft.com "Flex Consumption plan", virtual network integration.
    [delegation] = of_app["properties"]["delegations"]
    assert delegation["properties"] == {"serviceName": "Microsoft.App/environments"}
    assert "delegations" not in of_endpoints["properties"]


@EVERY_NETWORK
def test_the_app_is_joined_to_the_network_where_there_is_one(kind: str) -> None:
    joined = settings("Microsoft.Web/sites", kind)["virtualNetworkSubnetId"]
    assert joined == f"{resource(NETWORK, kind)['id']}/subnets/app"


def test_without_a_network_nothing_of_it_is_made() -> None:
    assert settings("Microsoft.Web/sites")["virtualNetworkSubnetId"] is None
    assert [each["type"] for each in snapshot("default")["predictedResources"] if ".Network/" in each["type"]] == []


@pytest.mark.parametrize(
    ("kind", "resource_type", "opened"),
    [
        ("default", STORAGE, True),
        ("default", VAULT, True),
        ("virtual-network", STORAGE, False),
        ("virtual-network", VAULT, True),
        ("everything", STORAGE, False),
        ("everything", VAULT, False),
    ],
)
def test_what_has_a_private_door_closes_its_public_one(kind: str, resource_type: str, *, opened: bool) -> None:
    found = settings(resource_type, kind)
    assert found["publicNetworkAccess"] == ("Enabled" if opened else "Disabled")
    assert found["networkAcls"]["defaultAction"] == ("Allow" if opened else "Deny")
