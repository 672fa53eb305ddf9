// Everything that the sync needs in Azure, in one resource group. Each module is one concern; this file only composes.
targetScope = 'resourceGroup'

@description('Name of this installation, a part of resource names: letters, digits, hyphens. Its case does not count.')
@minLength(1)
@maxLength(32)
param environmentName string

@description('Region of all resources. It must offer the Flex Consumption plan.')
param location string = resourceGroup().location

@description('Tags that all resources get.')
param tags object = {}

@description('Full URL of the Purview account, for example https://contoso.purview.azure.com.')
@minLength(1)
param purviewEndpoint string

@description('Collection that lineage is written to: its 6-letter name, or its friendly path Root/Sub.')
@minLength(1)
param purviewCollection string

@description('Full URL of the Unified Catalog\'s host.')
param purviewCatalogEndpoint string = 'https://api.purview-service.microsoft.com'

@description('URL of the CluedIn organization, https://{organization}.{domain}.')
@minLength(1)
param cluedInUrl string

@description('CluedIn organization. Empty: the first label of the URL.')
param cluedInOrganization string = ''

@description('E-mail address of the CluedIn service account. Empty: an access token is used instead.')
param cluedInUsername string = ''

@description('Password of the CluedIn service account. Empty: the vault keeps what it has.')
@secure()
param cluedInPassword string = ''

@description('CluedIn access token, used when no user name is given. Empty: the vault keeps what it has.')
@secure()
param cluedInAccessToken string = ''

@description('The toggle of the sync from Purview to CluedIn.')
param syncEnabled bool = true

@description('What marks assets: Term, Term@Glossary, Term@Governance domain, product:Name, several separated by ";", or *.')
param syncTerm string = ''

@description('Where terms are looked for: classic glossaries, the Unified Catalog, or both.')
@allowed(['auto', 'classic', 'unified'])
param syncTermStore string = 'auto'

@description('Where the toggle and the term are kept: in the app settings, or in CluedIn.')
@allowed(['app', 'cluedin'])
param syncSettingsSource string = 'app'

@description('The toggle of the lineage from CluedIn to Purview.')
param lineageEnabled bool = true

@description('Write onto each asset in Purview how its sync stands. Needs Data Curator on the collections of the assets.')
param purviewWriteStatus bool = false

@description('Who may open status, dashboard and actions: "key" = who has a function key, "entra" = who signs in with Microsoft Entra ID and is of one of the groups.')
@allowed(['key', 'entra'])
param webSignIn string = 'key'

@description('With entra: client id of the app registration that people sign in to.')
param webSignInClientId string = ''

@description('With entra: object ids of the groups whose members are let in, separated by ";".')
param webSignInGroups string = ''

@description('Accept only signed webhook deliveries. The secrets come from the vault.')
param requireWebhookSignature bool = false

@description('Webhook secrets, ";"-separated. Empty: the vault keeps what it has.')
@secure()
param webhookSecrets string = ''

@description('Send notifications. The addresses come from the vault, because they contain keys.')
param sendNotifications bool = false

@description('Notification addresses, ";"-separated. Empty: the vault keeps what it has.')
@secure()
param notifyUrls string = ''

@description('Python of the app.')
@allowed(['3.11', '3.12', '3.13'])
param pythonVersion string = '3.13'

@description('Memory of one instance in MB.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('Most instances of each function. Where the region does not allow less than 40, set queueBatchSize to 1.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int = 2

@description('Messages that an instance fetches at once; with as many still running it fetches again. As in host.json.')
@minValue(1)
@maxValue(10)
param queueBatchSize int = 8

@description('Instances that always wait for webhooks. 0: the first delivery after a pause is slow.')
@minValue(0)
@maxValue(20)
param alwaysReadyHttpInstances int = 0

@description('Put storage behind private endpoints and close its public door.')
param useVirtualNetwork bool = false

@description('With the virtual network: put the vault behind a private endpoint and close its public door, too.')
param usePrivateVault bool = false

@description('Address range of the virtual network, /25 or larger: it holds two subnets of 64 addresses.')
param virtualNetworkAddressPrefix string = '10.60.0.0/23'

@description('E-mail address that alerts go to. Empty: alerts are shown in the portal only.')
param alertEmail string = ''

@description('Days that logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

@description('Most gigabytes of logs a day; what is over is lost, and with it alerts. -1: no limit.')
@minValue(-1)
param logLimitGbPerDay int = -1

@description('Send traces and metrics by OpenTelemetry. The package must have azure-monitor-opentelemetry; see docs/operations.md.')
param openTelemetry bool = false

@description('Keep anyone from purging a deleted vault for 7 days. Cannot be taken back.')
param protectVaultFromPurge bool = false

// azd takes names that a host name may not have; and Prod must not become a second installation beside prod.
var hyphenated = toLower(reduce(['_', '.', '(', ')'], environmentName, (name, mark) => replace(name, mark, '-')))
// An address holds letters, digits, hyphens and the tilde as they are; anything else would come out encoded.
var isHostName = uriComponent(hyphenated) == hyphenated && !contains(hyphenated, '~') && !startsWith(hyphenated, '-')
var numbers = map(range(0, 256), number => string(number))
var octets = split(first(split(virtualNetworkAddressPrefix, '/')), '.')
var isAddress = length(octets) == 4 && empty(filter(octets, octet => !contains(numbers, octet)))
var isLargeEnough = contains(map(range(8, 18), size => '${join(octets, '.')}/${size}'), virtualNetworkAddressPrefix)
// Azure takes a range by its first address only: 10.60.0.0/23, not 10.60.0.1/23.
var isRange = isAddress && isLargeEnough ? parseCidr(virtualNetworkAddressPrefix).network == join(octets, '.') : false
var urls = [
  { name: 'purviewEndpoint (PURVIEW_ENDPOINT)', value: purviewEndpoint }
  { name: 'purviewCatalogEndpoint (PURVIEW_CATALOG_ENDPOINT)', value: purviewCatalogEndpoint }
  { name: 'cluedInUrl (CLUEDIN_URL)', value: cluedInUrl }
]
// What no decorator can say. Azure or the app would refuse it too, but half-way, or when all is made.
var problems = concat(
  isHostName
    ? []
    : [
        'environmentName (AZURE_ENV_NAME) is "${environmentName}"; expected letters, digits and hyphens, a letter or a digit first. The marks _ . ( ) count as hyphens.'
      ],
  isRange
    ? []
    : [
        'virtualNetworkAddressPrefix (VIRTUAL_NETWORK_ADDRESS_PREFIX) is "${virtualNetworkAddressPrefix}"; expected the first address of a range of /25 or larger, such as 10.60.0.0/23.'
      ],
  map(
    filter(
      urls,
      url => !startsWith(toLower(url.value), 'https://') || length(url.value) < 9 || contains(url.value, ' ')
    ),
    url => '${url.name} is "${url.value}"; expected a full URL such as https://host.example.com.'
  ),
  empty(trim(purviewCollection))
    ? ['purviewCollection (PURVIEW_COLLECTION) is "${purviewCollection}"; expected a name, or a path Root/Sub.']
    : [],
  empty(alertEmail) || contains(alertEmail, '@')
    ? []
    : ['alertEmail (ALERT_EMAIL) is "${alertEmail}"; expected an e-mail address, or nothing.'],
  webSignIn == 'entra' && empty(trim(webSignInClientId))
    ? [
        'webSignInClientId (WEB_SIGN_IN_CLIENT_ID) is "${webSignInClientId}"; expected the client id of an app registration, because webSignIn is entra.'
      ]
    : [],
  webSignIn == 'entra' && empty(replace(replace(webSignInGroups, ';', ''), ' ', ''))
    ? [
        'webSignInGroups (WEB_SIGN_IN_GROUPS) is "${webSignInGroups}"; expected object ids of groups, because webSignIn is entra: without any the whole tenant would be let in.'
      ]
    : [],
  logLimitGbPerDay != 0 ? [] : ['logLimitGbPerDay (LOG_LIMIT_GB_PER_DAY) is 0; expected 1 or more, or -1 for no limit.']
)
var signInGroups = filter(map(split(webSignInGroups, ';'), group => trim(group)), group => !empty(group))
// All names come from this one, so nothing is made before it is known.
var installation = empty(problems) ? hyphenated : fail(join(problems, ' '))
var token = uniqueString(resourceGroup().id, installation)
var usesPassword = !empty(cluedInUsername)
var entryNames = {
  cluedInPassword: 'cluedin-password'
  cluedInAccessToken: 'cluedin-access-token'
  webhookSecrets: 'webhook-secrets'
  notifyUrls: 'notify-urls'
}
// What the settings below refer to: an operator must see to it that each one is in the vault.
var neededEntries = concat(
  [usesPassword ? entryNames.cluedInPassword : entryNames.cluedInAccessToken],
  requireWebhookSignature ? [entryNames.webhookSecrets] : [],
  sendNotifications ? [entryNames.notifyUrls] : []
)

module identity 'modules/identity.bicep' = {
  name: 'identity'
  params: {
    name: 'id-${installation}-${token}'
    location: location
    tags: tags
  }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  params: {
    name: 'st${token}'
    location: location
    tags: tags
    allowPublicAccess: !useVirtualNetwork
  }
}

module network 'modules/network.bicep' = if (useVirtualNetwork) {
  name: 'network'
  params: {
    name: 'vnet-${installation}-${token}'
    location: location
    tags: tags
    addressPrefix: virtualNetworkAddressPrefix
    storageAccountName: storage.outputs.name
    vaultId: usePrivateVault ? vault.outputs.id : ''
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  params: {
    workspaceName: 'log-${installation}-${token}'
    insightsName: 'appi-${installation}-${token}'
    location: location
    tags: tags
    retentionDays: logRetentionDays
    limitGbPerDay: logLimitGbPerDay
  }
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  params: {
    namePrefix: installation
    location: location
    tags: tags
    insightsId: monitoring.outputs.insightsId
    email: alertEmail
  }
}

module vault 'modules/key-vault.bicep' = {
  name: 'key-vault'
  params: {
    name: 'kv-${token}'
    location: location
    tags: tags
    allowPublicAccess: !(useVirtualNetwork && usePrivateVault)
    protectFromPurge: protectVaultFromPurge
    entryNames: entryNames
    cluedInPassword: cluedInPassword
    cluedInAccessToken: cluedInAccessToken
    webhookSecrets: webhookSecrets
    notifyUrls: notifyUrls
  }
}

module roles 'modules/roles.bicep' = {
  name: 'roles'
  params: {
    principalId: identity.outputs.principalId
    storageAccountName: storage.outputs.name
    insightsName: monitoring.outputs.insightsName
    vaultName: vault.outputs.name
  }
}

// What the app reads, by the names in sync_core/settings.py. A secret is a reference to the vault, never a value.
var cluedInCredentials = usesPassword
  ? {
      CLUEDIN_USERNAME: cluedInUsername
      CLUEDIN_PASSWORD: '@Microsoft.KeyVault(SecretUri=${vault.outputs.uri}secrets/${entryNames.cluedInPassword})'
    }
  : {
      CLUEDIN_ACCESS_TOKEN: '@Microsoft.KeyVault(SecretUri=${vault.outputs.uri}secrets/${entryNames.cluedInAccessToken})'
    }
var webhookSettings = requireWebhookSignature
  ? {
      WEBHOOK_SECRETS: '@Microsoft.KeyVault(SecretUri=${vault.outputs.uri}secrets/${entryNames.webhookSecrets})'
    }
  : {}
var notificationSettings = sendNotifications
  ? {
      NOTIFY_URLS: '@Microsoft.KeyVault(SecretUri=${vault.outputs.uri}secrets/${entryNames.notifyUrls})'
    }
  : {}
var syncSettings = {
  PURVIEW_ENDPOINT: purviewEndpoint
  PURVIEW_COLLECTION: purviewCollection
  PURVIEW_CATALOG_ENDPOINT: purviewCatalogEndpoint
  CLUEDIN_URL: cluedInUrl
  CLUEDIN_ORGANIZATION: cluedInOrganization
  SYNC_ENABLED: string(syncEnabled)
  SYNC_TERM: syncTerm
  SYNC_TERM_STORE: syncTermStore
  SYNC_SETTINGS_SOURCE: syncSettingsSource
  LINEAGE_ENABLED: string(lineageEnabled)
  PURVIEW_WRITE_STATUS: string(purviewWriteStatus)
  WEB_SIGN_IN: webSignIn
}

module functionApp 'modules/function-app.bicep' = {
  name: 'function-app'
  params: {
    name: 'func-${installation}-${token}'
    planName: 'plan-${installation}-${token}'
    location: location
    tags: tags
    identityName: identity.outputs.name
    storageAccountName: storage.outputs.name
    packageContainerName: storage.outputs.packageContainerName
    insightsName: monitoring.outputs.insightsName
    subnetId: useVirtualNetwork ? network!.outputs.appSubnetId : ''
    pythonVersion: pythonVersion
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    queueBatchSize: queueBatchSize
    alwaysReadyHttpInstances: alwaysReadyHttpInstances
    openTelemetry: openTelemetry
    signIn: { isOn: webSignIn == 'entra', clientId: trim(webSignInClientId), groups: signInGroups }
    appSettings: union(syncSettings, cluedInCredentials, webhookSettings, notificationSettings)
  }
  // The host looks at its storage and its secrets as soon as it starts: without its roles it stays ill.
  dependsOn: [roles]
}

@description('Name of the function app.')
output FUNCTION_APP_NAME string = functionApp.outputs.name

@description('Address that CluedIn calls. The function key is not a part of it.')
output WEBHOOK_URL string = 'https://${functionApp.outputs.hostName}/api/webhooks/cluedin/data-set-processed'

@description('Address of the health check.')
output HEALTH_URL string = 'https://${functionApp.outputs.hostName}/api/health'

@description('Name of the identity, as Purview shows it.')
output APP_IDENTITY_NAME string = identity.outputs.name

@description('Object id of the identity, as Purview wants it.')
output APP_IDENTITY_PRINCIPAL_ID string = identity.outputs.principalId

@description('Name of the vault.')
output VAULT_NAME string = vault.outputs.name

@description('Names of the secrets that must be in the vault, separated by spaces.')
output VAULT_ENTRIES string = join(neededEntries, ' ')
