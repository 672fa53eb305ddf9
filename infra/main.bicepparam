// Values come from environment variables, so that azd, the Azure CLI and a workflow deploy the same thing in the same
// way. A variable without a default must be set. docs/configuration.md explains each one.
// any(): of a value that is not allowed, the compiler would tell the line only, and of int() it believes any number. The
// deployment checks both again before it makes anything, and names the parameter.
using 'main.bicep'

param environmentName = any(readEnvironmentVariable('AZURE_ENV_NAME', 'cluedin-sync'))

// Purview and CluedIn.
param purviewEndpoint = any(readEnvironmentVariable('PURVIEW_ENDPOINT'))
param purviewCollection = any(readEnvironmentVariable('PURVIEW_COLLECTION'))
param purviewCatalogEndpoint = readEnvironmentVariable(
  'PURVIEW_CATALOG_ENDPOINT',
  'https://api.purview-service.microsoft.com'
)
param cluedInUrl = any(readEnvironmentVariable('CLUEDIN_URL'))
param cluedInOrganization = readEnvironmentVariable('CLUEDIN_ORGANIZATION', '')
param cluedInUsername = readEnvironmentVariable('CLUEDIN_USERNAME', '')

// What is synced.
param syncEnabled = bool(readEnvironmentVariable('SYNC_ENABLED', 'true'))
param syncTerm = readEnvironmentVariable('SYNC_TERM', '')
param syncTermStore = any(readEnvironmentVariable('SYNC_TERM_STORE', 'auto'))
param syncSettingsSource = any(readEnvironmentVariable('SYNC_SETTINGS_SOURCE', 'app'))
param lineageEnabled = bool(readEnvironmentVariable('LINEAGE_ENABLED', 'true'))
param purviewWriteStatus = bool(readEnvironmentVariable('PURVIEW_WRITE_STATUS', 'false'))

// Who may look and act.
param webSignIn = any(readEnvironmentVariable('WEB_SIGN_IN', 'key'))
param webSignInClientId = readEnvironmentVariable('WEB_SIGN_IN_CLIENT_ID', '')
param webSignInGroups = readEnvironmentVariable('WEB_SIGN_IN_GROUPS', '')

// Secrets. Leave them out and put them into the vault by hand, or give them once: later deployments keep them.
param cluedInPassword = readEnvironmentVariable('CLUEDIN_PASSWORD', '')
param cluedInAccessToken = readEnvironmentVariable('CLUEDIN_ACCESS_TOKEN', '')
param requireWebhookSignature = bool(readEnvironmentVariable('REQUIRE_WEBHOOK_SIGNATURE', 'false'))
param webhookSecrets = readEnvironmentVariable('WEBHOOK_SECRETS', '')
param sendNotifications = bool(readEnvironmentVariable('SEND_NOTIFICATIONS', 'false'))
param notifyUrls = readEnvironmentVariable('NOTIFY_URLS', '')

// Size, network, operation.
param pythonVersion = any(readEnvironmentVariable('PYTHON_VERSION', '3.13'))
param instanceMemoryMB = any(int(readEnvironmentVariable('INSTANCE_MEMORY_MB', '2048')))
param maximumInstanceCount = int(readEnvironmentVariable('MAXIMUM_INSTANCE_COUNT', '2'))
param queueBatchSize = int(readEnvironmentVariable('QUEUE_BATCH_SIZE', '8'))
param alwaysReadyHttpInstances = int(readEnvironmentVariable('ALWAYS_READY_HTTP_INSTANCES', '0'))
param useVirtualNetwork = bool(readEnvironmentVariable('USE_VIRTUAL_NETWORK', 'false'))
param usePrivateVault = bool(readEnvironmentVariable('USE_PRIVATE_VAULT', 'false'))
param virtualNetworkAddressPrefix = readEnvironmentVariable('VIRTUAL_NETWORK_ADDRESS_PREFIX', '10.60.0.0/23')
param alertEmail = readEnvironmentVariable('ALERT_EMAIL', '')
param logRetentionDays = int(readEnvironmentVariable('LOG_RETENTION_DAYS', '30'))
param logLimitGbPerDay = int(readEnvironmentVariable('LOG_LIMIT_GB_PER_DAY', '-1'))
param openTelemetry = bool(readEnvironmentVariable('OPEN_TELEMETRY', 'false'))
param protectVaultFromPurge = bool(readEnvironmentVariable('PROTECT_VAULT_FROM_PURGE', 'false'))
