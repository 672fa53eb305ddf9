// What an operator must hear about. A queue's length is measured hourly per account, so the rules read the logs instead.

@description('First part of the rules\' names.')
param namePrefix string

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('Application Insights component that the queries run on.')
param insightsId string

@description('E-mail address that alerts go to. Empty: alerts are shown in the portal only.')
param email string

var rules = [
  {
    name: 'dead-letters'
    title: 'Work was given up'
    description: 'A message was moved to a poison queue, or the app gave up an asset or a message. GET status lists the dead letters with their causes.'
    severity: 1
    query: 'traces | where message startswith "Message has reached MaxDequeueCount" or message contains "is given up," or message contains "is dropped,"'
    operator: 'GreaterThan'
    threshold: 0
    window: 'PT5M'
  }
  {
    name: 'retirement-waits'
    title: 'Many assets would be retired'
    description: 'So many assets lost their term at once that a person must approve. Often the term was renamed, or the identity lost its role in Purview.'
    severity: 2
    query: 'traces | where message contains "assets would be retired"'
    operator: 'GreaterThan'
    threshold: 0
    window: 'PT5M'
  }
  {
    name: 'hidden-assets'
    title: 'Assets are hidden from the app'
    description: 'Purview refuses to show assets that carry the term (403), so they are not synced. Give the identity the role Data Reader on the collections that the runs name.'
    severity: 3
    query: 'traces | where message contains "is hidden from the app"'
    operator: 'GreaterThan'
    threshold: 0
    window: 'PT1H'
  }
  {
    name: 'types-left-out'
    title: 'Tagged assets of a type are left out'
    description: 'The term was given to assets whose type is no data asset by its definition, such as a server or a share. They never arrive in CluedIn.'
    severity: 4
    query: 'traces | where message contains "are left out as no data assets: "'
    operator: 'GreaterThan'
    threshold: 0
    window: 'PT6H'
  }
  {
    name: 'terms-paused'
    title: 'A term or a store of terms is paused'
    description: 'It could not be read three times in a row, or may not count: what is tagged with it does not arrive. GET status tells why, under deferred.'
    severity: 3
    query: 'traces | where message contains " is paused: "'
    operator: 'GreaterThan'
    threshold: 0
    window: 'PT1H'
  }
  {
    name: 'failures'
    title: 'Functions fail'
    description: 'At least 3 runs failed within 15 minutes, or answered that they cannot work (5xx). Refused callers (4xx) do not count.'
    severity: 2
    query: 'requests | where name !startswith "process " and (resultCode startswith "5" or (success == false and resultCode !startswith "4"))'
    operator: 'GreaterThanOrEqual'
    threshold: 3
    window: 'PT15M'
  }
  {
    name: 'no-discovery'
    title: 'No discovery run for 5 minutes'
    description: 'discover_assets runs every minute, also while the sync is switched off. If it does not, timers have stopped or the app is not running.'
    severity: 1
    query: 'requests | where name == "discover_assets"'
    operator: 'LessThan'
    threshold: 1
    window: 'PT5M'
  }
  {
    name: 'reconcile-fails'
    title: 'Reconcile fails'
    description: 'reconcile does some of its work once in 15 minutes only, too seldom to count among failing functions. While it fails, missed webhooks and stuck work are not found again.'
    severity: 2
    query: 'requests | where name == "reconcile" and success == false'
    operator: 'GreaterThanOrEqual'
    threshold: 2
    window: 'PT1H'
  }
  {
    name: 'no-reconcile'
    title: 'No reconcile succeeded for an hour'
    description: 'Nobody looks for missed webhooks and stuck work any more: the timer has stopped, the app is not running, or each run fails.'
    severity: 2
    query: 'requests | where name == "reconcile" and success == true'
    operator: 'LessThan'
    threshold: 1
    window: 'PT1H'
  }
  {
    name: 'unhealthy-host'
    title: 'The functions host is unhealthy'
    description: 'The host cannot use its storage: a role is missing, a network is closed, or the platform is at fault. Once in a while, e.g. at a deployment, is known and harmless, so 3 times within 15 minutes count.'
    severity: 1
    query: 'traces | where message contains "Process reporting unhealthy" or message contains "Unable to create client for AzureWebJobsStorage"'
    operator: 'GreaterThanOrEqual'
    threshold: 3
    window: 'PT15M'
  }
  {
    name: 'host-stopped'
    title: 'The functions host stopped by itself'
    description: 'Storage answered in a way that the host does not bear, e.g. was away for a minute, or work killed its worker three times. It starts again by itself, and the app takes the work up within three ticks: look why, and whether it comes again.'
    severity: 2
    query: 'traces | where message contains "An unhandled exception has occurred. Host is shutting down." or message contains "Exceeded language worker restart retry count"'
    operator: 'GreaterThan'
    threshold: 0
    window: 'PT5M'
  }
]

resource actionGroup 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(email)) {
  name: '${namePrefix}-operators'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'sync-ops'
    enabled: true
    emailReceivers: [
      {
        name: 'operators'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

resource queryRules 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in rules: {
    name: '${namePrefix}-${rule.name}'
    location: location
    tags: tags
    properties: {
      displayName: '${namePrefix}: ${rule.title}'
      description: rule.description
      severity: rule.severity
      enabled: true
      scopes: [insightsId]
      evaluationFrequency: 'PT5M'
      windowSize: rule.window
      criteria: {
        allOf: [
          {
            query: rule.query
            timeAggregation: 'Count'
            operator: rule.operator
            threshold: rule.threshold
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      actions: { actionGroups: empty(email) ? [] : [actionGroup.id] }
      autoMitigate: true
    }
  }
]
