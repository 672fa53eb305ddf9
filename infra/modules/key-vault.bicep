// The vault with the app's secrets. A secret that is not given here is left as it is, so that a later deployment
// needs none of them.

@description('Name of the vault.')
param name string

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('Whether the vault answers on the internet (to identities with a role only).')
param allowPublicAccess bool

@description('Keep anyone from purging the deleted vault before its 7 days are over.')
param protectFromPurge bool

@description('Names of the secrets, by the parameters below.')
param entryNames object

@description('Password of the CluedIn service account, or empty.')
@secure()
param cluedInPassword string

@description('CluedIn access token, or empty.')
@secure()
param cluedInAccessToken string

@description('Webhook secrets, or empty.')
@secure()
param webhookSecrets string

@description('Notification addresses, or empty.')
@secure()
param notifyUrls string

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 7
    // The service knows "on" and "not set" only.
    enablePurgeProtection: protectFromPurge ? true : null
    publicNetworkAccess: allowPublicAccess ? 'Enabled' : 'Disabled'
    networkAcls: {
      bypass: 'AzureServices'
      defaultAction: allowPublicAccess ? 'Allow' : 'Deny'
    }
  }
}

resource passwordSecret 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = if (!empty(cluedInPassword)) {
  parent: vault
  name: entryNames.cluedInPassword
  properties: {
    value: cluedInPassword
    contentType: 'text/plain'
  }
}

resource accessTokenSecret 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = if (!empty(cluedInAccessToken)) {
  parent: vault
  name: entryNames.cluedInAccessToken
  properties: {
    value: cluedInAccessToken
    contentType: 'text/plain'
  }
}

resource webhookSecret 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = if (!empty(webhookSecrets)) {
  parent: vault
  name: entryNames.webhookSecrets
  properties: {
    value: webhookSecrets
    contentType: 'text/plain'
  }
}

resource notifySecret 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = if (!empty(notifyUrls)) {
  parent: vault
  name: entryNames.notifyUrls
  properties: {
    value: notifyUrls
    contentType: 'text/plain'
  }
}

@description('Name of the vault.')
output name string = vault.name

@description('Resource id of the vault.')
output id string = vault.id

@description('Address of the vault, with a slash at its end.')
output uri string = vault.properties.vaultUri
