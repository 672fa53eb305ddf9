// A virtual network for the app, with private endpoints for what the app and its host keep their data in.

@description('Name of the network.')
param name string

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('Address range, /25 or larger.')
param addressPrefix string

@description('Storage account that gets the endpoints.')
param storageAccountName string

@description('Resource id of the key vault that gets an endpoint too, or empty.')
param vaultId string

var appSubnetName = 'app'
var endpointSubnetName = 'private-endpoints'
// The host needs all three: a missing one shows as an app that never starts.
var storageDoors = [
  { service: 'blob', zone: 'privatelink.blob.${environment().suffixes.storage}' }
  { service: 'queue', zone: 'privatelink.queue.${environment().suffixes.storage}' }
  { service: 'table', zone: 'privatelink.table.${environment().suffixes.storage}' }
]
// .vault.azure.net becomes privatelink.vaultcore.azure.net, and its like in other clouds.
var vaultDoors = empty(vaultId)
  ? []
  : [{ service: 'vault', zone: replace(environment().suffixes.keyvaultDns, '.vault.', 'privatelink.vaultcore.') }]
var doors = concat(storageDoors, vaultDoors)

resource account 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: storageAccountName
}

resource network 'Microsoft.Network/virtualNetworks@2024-07-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [addressPrefix] }
    subnets: [
      {
        name: appSubnetName
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, 26, 0)
          delegations: [
            {
              name: 'flex-consumption'
              properties: { serviceName: 'Microsoft.App/environments' }
            }
          ]
        }
      }
      {
        name: endpointSubnetName
        properties: { addressPrefix: cidrSubnet(addressPrefix, 26, 1) }
      }
    ]
  }
}

resource zones 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for door in doors: {
    name: door.zone
    location: 'global'
    tags: tags
  }
]

resource zoneLinks 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (door, i) in doors: {
    parent: zones[i]
    name: '${name}-${door.service}'
    location: 'global'
    properties: {
      registrationEnabled: false
      virtualNetwork: { id: network.id }
    }
  }
]

resource endpoints 'Microsoft.Network/privateEndpoints@2024-07-01' = [
  for door in doors: {
    name: 'pe-${storageAccountName}-${door.service}'
    location: location
    tags: tags
    properties: {
      subnet: { id: '${network.id}/subnets/${endpointSubnetName}' }
      privateLinkServiceConnections: [
        {
          name: door.service
          properties: {
            privateLinkServiceId: door.service == 'vault' ? vaultId : account.id
            groupIds: [door.service]
          }
        }
      ]
    }
  }
]

resource zoneGroups 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-07-01' = [
  for (door, i) in doors: {
    parent: endpoints[i]
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [
        {
          name: door.service
          properties: { privateDnsZoneId: zones[i].id }
        }
      ]
    }
    dependsOn: [zoneLinks]
  }
]

@description('Subnet that the app is joined to.')
output appSubnetId string = '${network.id}/subnets/${appSubnetName}'
