// Every right that the app's identity has in Azure: one role at each place, with the reason.
// tests/unit/infra holds the list of what the app and its host do, and fails when a role is missing or not needed.

@description('Object id of the app\'s identity.')
param principalId string

@description('Storage account of the app and its host.')
param storageAccountName string

@description('Application Insights component.')
param insightsName string

@description('Key vault.')
param vaultName string

var blobDataOwner = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
var queueDataContributor = '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
var tableDataContributor = '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
var metricsPublisher = '3913510d-42f4-4e42-8a64-420c390055eb'
var secretsUser = '4633458b-17de-408a-b874-0445c86b69e6'

// The narrower queue roles are not enough: giving a message back early is Update Message, which needs messages/write.
var queueGrants = [
  { name: 'asset-sync', why: 'The app sends assets to work on; the host takes, renews, gives back and deletes them' }
  { name: 'asset-sync-poison', why: 'The host moves dead messages here; reconcile takes, records and deletes them' }
  { name: 'lineage-sync', why: 'The app sends data sets to push; the host takes, renews, gives back and deletes them' }
  { name: 'lineage-sync-poison', why: 'The host moves dead messages here; reconcile takes, records and deletes them' }
]
var tableGrants = [
  { name: 'syncassets', why: 'The app keeps the state of each asset, and which data source group it owns' }
  { name: 'syncnotes', why: 'The app keeps leases, cursors, throttles and notifications' }
  { name: 'syncruns', why: 'The app keeps what each run did' }
  { name: 'syncdatasets', why: 'The app keeps data sets and deliveries' }
]

resource account 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: storageAccountName
}

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2025-01-01' existing = {
  parent: account
  name: 'default'
}

resource queues 'Microsoft.Storage/storageAccounts/queueServices/queues@2025-01-01' existing = [
  for grant in queueGrants: {
    parent: queueService
    name: grant.name
  }
]

resource tableService 'Microsoft.Storage/storageAccounts/tableServices@2025-01-01' existing = {
  parent: account
  name: 'default'
}

resource tables 'Microsoft.Storage/storageAccounts/tableServices/tables@2025-01-01' existing = [
  for grant in tableGrants: {
    parent: tableService
    name: grant.name
  }
]

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

resource onAccount 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, principalId, blobDataOwner)
  scope: account
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobDataOwner)
    description: 'The host keeps locks, timer state, keys and the package in blobs'
  }
}

resource onQueues 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (grant, i) in queueGrants: {
    name: guid(queues[i].id, principalId, queueDataContributor)
    scope: queues[i]
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', queueDataContributor)
      description: grant.why
    }
  }
]

resource onTables 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (grant, i) in tableGrants: {
    name: guid(tables[i].id, principalId, tableDataContributor)
    scope: tables[i]
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', tableDataContributor)
      description: grant.why
    }
  }
]

resource onInsights 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(insights.id, principalId, metricsPublisher)
  scope: insights
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', metricsPublisher)
    description: 'The host sends logs without a key'
  }
}

resource onVault 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, principalId, secretsUser)
  scope: vault
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsUser)
    description: 'The platform reads the secrets that app settings refer to'
  }
}
