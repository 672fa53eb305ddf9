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

@description('Messages that an instance fetches at once; with as many still running it fetches again.')
param queueBatchSize int

@description('Instances that always wait for HTTP requests.')
param alwaysReadyHttpInstances int

@description('Whether host and app tell Application Insights by OpenTelemetry.')
param openTelemetry bool

@description('Whether people sign in with Microsoft Entra ID, to which app registration, and members of which groups are let in.')
param signIn { isOn: bool, clientId: string, groups: string[] }

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
  // Before host.json. Both, or a smaller batch would keep the old threshold. A batch of one is one message at a time.
  { name: 'AzureFunctionsJobHost__extensions__queues__batchSize', value: string(queueBatchSize) }
  {
    name: 'AzureFunctionsJobHost__extensions__queues__newBatchThreshold'
    value: string(queueBatchSize == 1 ? 0 : queueBatchSize)
  }
  // More than both queues' messages, the timers and the HTTP requests of one instance: a webhook waits for no thread.
  { name: 'PYTHON_THREADPOOL_THREAD_COUNT', value: '64' }
]
// Before host.json. The worker sets up Azure Monitor's distribution where the package has it. Its own instrumentations
// stay off: they tell whole URLs, send trace contexts to other people's services, and make a span of each storage request.
var telemetrySettings = openTelemetry
  ? [
      { name: 'AzureFunctionsJobHost__telemetryMode', value: 'OpenTelemetry' }
      { name: 'PYTHON_APPLICATIONINSIGHTS_ENABLE_TELEMETRY', value: 'true' }
      // Whole traces. The exporter's own choice is five spans a second, which tears a trace into pieces.
      { name: 'OTEL_TRACES_SAMPLER', value: 'microsoft.fixed_percentage' }
      { name: 'OTEL_TRACES_SAMPLER_ARG', value: '1' }
      {
        name: 'OTEL_PYTHON_DISABLED_INSTRUMENTATIONS'
        value: 'azure_sdk,django,fastapi,flask,httpx,psycopg2,requests,urllib,urllib3'
      }
    ]
  : []
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
      appSettings: concat(ownSettings, platformSettings, telemetrySettings)
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

// Always there, so that a later deployment can switch it off again. Whoever calls the webhook has a function key, and
// health has nothing to hide: both are left to the host.
resource authentication 'Microsoft.Web/sites/config@2024-11-01' = {
  parent: app
  name: 'authsettingsV2'
  properties: signIn.isOn
    ? {
        platform: { enabled: true }
        globalValidation: {
          requireAuthentication: true
          unauthenticatedClientAction: 'RedirectToLoginPage'
          redirectToProvider: 'azureactivedirectory'
          excludedPaths: [
            '/api/health'
            '/api/webhooks/cluedin/data-set-processed'
          ]
        }
        httpSettings: { requireHttps: true }
        identityProviders: {
          azureActiveDirectory: {
            enabled: true
            registration: {
              clientId: signIn.clientId
              openIdIssuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
            }
            validation: {
              allowedAudiences: [
                signIn.clientId
                'api://${signIn.clientId}'
              ]
              defaultAuthorizationPolicy: {
                allowedPrincipals: { groups: signIn.groups }
              }
            }
          }
        }
        // Who it is comes with each request; nobody needs the tokens later.
        login: { tokenStore: { enabled: false } }
      }
    : { platform: { enabled: false } }
}

@description('Name of the app.')
output name string = app.name

@description('Host name of the app.')
output hostName string = app.properties.defaultHostName
