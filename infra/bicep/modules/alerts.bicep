// Alerts over what the app writes. The Functions host makes each line of the handler's stdout and stderr a trace:
// "warn: Gatehouse.Core.Estate.ReplicaStore[1802] Replica …". The event ids are contracts; docs/deploy.md lists them.

@description('Prefix of the rules\' names.')
@minLength(2)
@maxLength(40)
param prefix string

@description('Region of the rules: the workspace\'s.')
param location string

@description('Tags of every resource.')
param tags object

@description('Workspace with the app\'s traces and requests.')
param workspaceId string

@description('Who is told by e-mail.')
param emails string[]

@description('Whether the rules run.')
param enabled bool

var rules = [
  {
    name: 'replica-unhealthy'
    description: 'A replica is not Healthy. Event 1802; the latest change of each replica within a day counts.'
    severity: 1
    query: '''
AppTraces
| where Message contains "[1802]"
| parse Message with * "] Replica " Replica " went from " Before " to " After ":" Reason
| summarize arg_max(TimeGenerated, After, Reason) by Replica
| where After != "Healthy"
'''
    dimension: 'Replica'
    frequency: 'PT5M'
    window: 'PT15M'
    lookBack: 'P1D'
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    name: 'ledger-not-sealed'
    description: 'SealLedger has not ended well for 15 minutes: what is decided meanwhile is not provable yet.'
    severity: 1
    query: '''
AppRequests
| where Name == "SealLedger" and Success == true
'''
    dimension: ''
    frequency: 'PT5M'
    window: 'PT15M'
    lookBack: null
    operator: 'LessThan'
    threshold: 1
  }
  {
    name: 'poison-messages'
    description: 'A message failed too often and waits in a poison queue. Event 1732, or the host\'s own line as it moves one.'
    severity: 2
    query: '''
AppTraces
| where Message contains "[1732]" or Message contains "Moving message to queue"
'''
    dimension: ''
    frequency: 'PT5M'
    window: 'PT15M'
    lookBack: null
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    name: 'intake-stuck'
    description: 'An intake was overdue three times in an hour (event 1005), or could not be woken (1007).'
    severity: 2
    query: '''
AppTraces
| where Message contains "[1005]" or Message contains "[1007]"
| extend Intake = coalesce(extract(@"\[1005\] Intake (\S+)", 1, Message), extract(@"due row (\S+)", 1, Message))
| summarize Times = count(), NotWoken = countif(Message contains "[1007]") by Intake
| where Times >= 3 or NotWoken > 0
'''
    dimension: 'Intake'
    frequency: 'PT15M'
    window: 'PT1H'
    lookBack: null
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    name: 'configuration-invalid'
    description: 'The app refuses to serve; the line names each key and what is allowed. Event 1700.'
    severity: 0
    query: '''
AppTraces
| where Message contains "[1700]"
'''
    dimension: ''
    frequency: 'PT5M'
    window: 'PT15M'
    lookBack: null
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    name: 'unapproved-push'
    description: 'Someone pushed to a registry of the estate what no intake brought. Event 1806.'
    severity: 1
    query: '''
AppTraces
| where Message contains "[1806]"
'''
    dimension: ''
    frequency: 'PT5M'
    window: 'PT15M'
    lookBack: null
    operator: 'GreaterThan'
    threshold: 0
  }
]

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: '${prefix}-operators'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'gatehouse'
    enabled: true
    emailReceivers: [
      for (email, index) in emails: {
        name: 'operator-${index}'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

resource alert 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in rules: {
    name: '${prefix}-${rule.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: 'Gatehouse: ${replace(rule.name, '-', ' ')}'
      description: rule.description
      severity: rule.severity
      enabled: enabled
      scopes: [
        workspaceId
      ]
      evaluationFrequency: rule.frequency
      windowSize: rule.window
      overrideQueryTimeRange: rule.lookBack
      // A new workspace has no table yet that the query could be checked against.
      skipQueryValidation: true
      autoMitigate: true
      criteria: {
        allOf: [
          {
            query: rule.query
            timeAggregation: 'Count'
            operator: rule.operator
            threshold: rule.threshold
            dimensions: empty(rule.dimension)
              ? []
              : [
                  {
                    name: rule.dimension
                    operator: 'Include'
                    values: [
                      '*'
                    ]
                  }
                ]
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      actions: {
        actionGroups: [
          people.id
        ]
      }
    }
  }
]
