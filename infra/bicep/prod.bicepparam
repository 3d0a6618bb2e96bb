// Production: private, spread over zones, with an instance kept ready; foreign images and soft registries are refused.
using 'main.bicep'

param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'prod')
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')
param tags = {
  stage: 'prod'
}

param registries = [
  {
    name: 'contosohub'
    home: 'westeurope'
    replicas: [
      'northeurope'
      'eastus2'
    ]
    bulkhead: 'hub'
  }
  {
    name: 'contosoplants'
    home: 'japaneast'
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
  eastus2: [
    'contosohub/eastus2'
    'contosohub/westeurope'
  ]
  japaneast: [
    'contosoplants/japaneast'
    'contosohub/eastus2'
  ]
}
param objectives = {
  availability: '99.99'
  recoveryTime: '5m'
  replicationLag: '10m'
}
param zoneRedundant = true
param allowExport = false

param apiAudience = readEnvironmentVariable('GATEHOUSE_API_CLIENT_ID')
param ledgerOrigin = 'ledger.contoso.example/gatehouse'
param checkpointRetentionDays = 365

param alwaysReadyHttp = 1
param maximumInstances = 100
param logRetentionDays = 90
param alertEmails = [
  'platform@contoso.example'
]

param privateNetworking = true
param imagePolicyEffect = 'Deny'
param registryPolicyEffect = 'Deny'
