// The function app on Flex Consumption. All connections are by identity.

@description('Name of the app.')
param name string

@description('Name of the plan. A Flex Consumption plan holds one app.')
param planName string

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('User-assigned identity of the app.')
param identityName string

@description('Storage account of the app and its host.')
param storageAccountName string

@description('Container that the app\'s package is deployed to.')
param packageContainerName string

@description('Application Insights component.')
param insightsName string

@description('Subnet to join, or empty.')
param subnetId string

@description('Python of the app.')
param pythonVersion string

@description('Memory of one instance in MB.')
param instanceMemoryMB int

@description('Most instances of each function.')
param maximumInstanceCount int

@description('Messages that an instance fetches at once; with half of them left it fetches again.')
param queueBatchSize int

@description('Instances that always wait for HTTP requests.')
param alwaysReadyHttpInstances int

@description('The app\'s own settings, by name.')
param appSettings object

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: identityName
}

resource account 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: storageAccountName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

// AzureWebJobsStorage itself must not exist, not even empty: the host would prefer it to the identity.
var platformSettings = [
  { name: 'AzureWebJobsStorage__accountName', value: account.name }
  { name: 'AzureWebJobsStorage__credential', value: 'managedidentity' }
  { name: 'AzureWebJobsStorage__clientId', value: identity.properties.clientId }
  { name: 'AZURE_CLIENT_ID', value: identity.properties.clientId }
  // An address only: the component refuses whoever has no role.
  { name: 'APPLICATIONINSIGHTS_CONNECTION_STRING', value: insights.properties.ConnectionString }
  {
    name: 'APPLICATIONINSIGHTS_AUTHENTICATION_STRING'
    value: 'ClientId=${identity.properties.clientId};Authorization=AAD'
  }
  // Before host.json. Both, or a smaller batch would keep the old threshold. A division of whole numbers rounds down.
  { name: 'AzureFunctionsJobHost__extensions__queues__batchSize', value: string(queueBatchSize) }
  { name: 'AzureFunctionsJobHost__extensions__queues__newBatchThreshold', value: string(queueBatchSize / 2) }
  // Not fewer than the messages of one instance, or they would wait for a thread while their time runs.
  { name: 'PYTHON_THREADPOOL_THREAD_COUNT', value: '16' }
]
// A loop may only run over what is known before the deployment, so the settings above cannot be a part of it.
var ownSettings = [
  for setting in items(appSettings): {
    name: setting.key
    value: setting.value
  }
]

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'sync' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identity.id
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${account.properties.primaryEndpoints.blob}${packageContainerName}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identity.id
          }
        }
      }
      runtime: {
        name: 'python'
        version: pythonVersion
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: alwaysReadyHttpInstances > 0
          ? [
              {
                name: 'http'
                instanceCount: alwaysReadyHttpInstances
              }
            ]
          : []
        triggers: {
          http: { perInstanceConcurrency: 16 }
        }
      }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      appSettings: concat(ownSettings, platformSettings)
    }
  }
}

// Deployments sign in with an identity; user names and passwords of publish profiles are switched off.
// One resource each, not a loop: the compiler knows their type by their literal name.
resource ftpPublishing 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'ftp'
  properties: { allow: false }
}

resource scmPublishing 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'scm'
  properties: { allow: false }
}

@description('Name of the app.')
output name string = app.name

@description('Host name of the app.')
output hostName string = app.properties.defaultHostName
