// A trial: a hub with one replica, and a bulkhead beside it; nothing is refused yet. `azd up` reads this file.
using 'main.bicep'

param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'dev')
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')
param tags = {
  stage: 'dev'
}

param uniqueNames = true
param registries = [
  {
    name: 'contosohub'
    home: 'westeurope'
    replicas: [
      'northeurope'
    ]
    bulkhead: 'hub'
  }
  {
    name: 'contosoplants'
    home: 'swedencentral'
    replicas: []
    bulkhead: 'plants'
  }
]
param affinity = {
  westeurope: [
    'contosohub/westeurope'
    'contosohub/northeurope'
  ]
  northeurope: [
    'contosohub/northeurope'
    'contosohub/westeurope'
  ]
  swedencentral: [
    'contosoplants/swedencentral'
    'contosohub/northeurope'
  ]
}
param zoneRedundant = false

// `az ad app show … --query appId`; docs/deploy.md says how the app registration is made.
param apiAudience = readEnvironmentVariable('GATEHOUSE_API_CLIENT_ID')
param ledgerOrigin = 'ledger.contoso.example/gatehouse-dev'
param checkpointRetentionDays = 7
