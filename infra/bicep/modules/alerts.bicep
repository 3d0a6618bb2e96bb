// Alerts over what the app writes. The Functions host makes each line of the handler's stdout and stderr a trace:
// "warn: Gatehouse.Core.Estate.ReplicaProbe[1808] Replica …". The event ids are contracts; docs/deploy.md lists them.

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

// Queries look for what AlertTests renders: change a message and the test says which rule no longer finds it.
var rules = [
  {
    name: 'replica-unhealthy'
    description: 'A replica is not Healthy. Event 1808, at every probe until it is.'
    severity: 1
    query: '''
AppTraces
| where Message contains "[1808]"
| parse Message with * "] Replica " Replica " is " Health " since " Since ": " Reason
| project TimeGenerated, Replica, Health, Since, Reason
'''
    dimension: 'Replica'
    frequency: 'PT5M'
    window: 'PT15M'
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
| project TimeGenerated, Name, ResultCode, DurationMs
'''
    dimension: ''
    frequency: 'PT5M'
    window: 'PT15M'
    operator: 'LessThan'
    threshold: 1
  }
  {
    name: 'ledger-forked'
    description: 'Another checkpoint than the signed one is published: somebody else writes there, or the ledger was set back. Event 1243, at every seal.'
    severity: 0
    query: '''
AppTraces
| where Message contains "[1243]"
| parse Message with * "signed one of " Size " entries is published at " Place ". Nothing more" *
| project TimeGenerated, Size, Place
'''
    dimension: ''
    frequency: 'PT5M'
    window: 'PT15M'
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    name: 'checkpoint-not-published'
    description: 'Checkpoints could not be published at thirty seals in an hour, some five minutes; they wait and are tried again. Event 1242.'
    severity: 2
    query: '''
AppTraces
| where Message contains "[1242]"
| parse Message with * "The checkpoint of " Size " entries could not be published and is tried again at the next seal: " Reason
| project TimeGenerated, Size, Reason
'''
    dimension: ''
    frequency: 'PT15M'
    window: 'PT1H'
    operator: 'GreaterThanOrEqual'
    threshold: 30
  }
  {
    name: 'poison-messages'
    description: 'A message failed too often and waits in a poison queue. Event 1732, or the line of the host as it moves one.'
    severity: 2
    query: '''
AppTraces
| where Message contains "[1732]" or Message contains "Moving message to queue"
| project TimeGenerated, Message
'''
    dimension: ''
    frequency: 'PT5M'
    window: 'PT15M'
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    name: 'events-not-published'
    description: 'Governance events wait because the topic does not take them: fifteen lines in half an hour. Event 1274, once a minute while it lasts.'
    severity: 2
    query: '''
AppTraces
| where Message contains "[1274]"
| parse Message with * "] " Entries " sealed ledger entries wait, for the topic does not take their events: " Reason
| project TimeGenerated, Entries, Reason
'''
    dimension: ''
    frequency: 'PT5M'
    window: 'PT30M'
    operator: 'GreaterThanOrEqual'
    threshold: 15
  }
  {
    name: 'intake-stuck'
    description: 'An intake was overdue three times in an hour (event 1005), or could not be woken (1007).'
    severity: 2
    query: '''
AppTraces
| where Message contains "[1005]" or Message contains "[1007]"
| extend Intake = coalesce(extract(@"\[1005\] Intake (\S+)", 1, Message), extract(@"due row (\S+)", 1, Message))
| summarize Times = count(), NotWoken = countif(Message contains "[1007]"), Latest = max(TimeGenerated) by Intake
| where Times >= 3 or NotWoken > 0
'''
    dimension: 'Intake'
    frequency: 'PT15M'
    window: 'PT1H'
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    name: 'intake-faulted'
    description: 'An intake gave up and waits for a person: retry or retire it. Event 1001 to Faulted.'
    severity: 2
    query: '''
AppTraces
| where Message contains "[1001]" and Message contains "-> Faulted"
| parse Message with * "] Intake " Intake ": " Before " -> " After " in " ElapsedMs " ms. " Reason
| where After == "Faulted"
| project TimeGenerated, Intake, Before, Reason
'''
    dimension: 'Intake'
    frequency: 'PT5M'
    window: 'PT15M'
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    name: 'attestation-not-signed'
    description: 'A release waits because its attestation could not be signed; it is tried again. Event 1110.'
    severity: 2
    query: '''
AppTraces
| where Message contains "[1110]"
| parse Message with * "] Intake " Intake ": the attestation could not be signed; its release waits." Reason
| project TimeGenerated, Intake, Reason
'''
    dimension: 'Intake'
    frequency: 'PT5M'
    window: 'PT15M'
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    name: 'configuration-invalid'
    description: 'The app refuses to serve; the line names each key and what is allowed. Event 1700 at the start, 1701 while it lasts.'
    severity: 0
    query: '''
AppTraces
| where Message contains "[1700]" or Message contains "[1701]"
| extend Problem = extract(@"\[170[01]\] [^:]*: (.*)$", 1, Message)
| project TimeGenerated, Problem
'''
    dimension: ''
    frequency: 'PT5M'
    window: 'PT15M'
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
| parse Message with * "] Push " Event " to " Image " belongs to no release and no intake" *
| project TimeGenerated, Event, Image
'''
    dimension: ''
    frequency: 'PT5M'
    window: 'PT15M'
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

resource alert 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = [
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
