// No entrance from outside at all, beside another environment in the subscription; images may still be exported.
using 'main.bicep'

param environmentName = 'closed'
param location = 'westeurope'
param registries = [
  {
    name: 'contosoclosed'
    home: 'westeurope'
    replicas: []
    bulkhead: 'hub'
  }
]
param zoneRedundant = false
param allowExport = true

param apiAudience = readEnvironmentVariable('GATEHOUSE_API_CLIENT_ID')
param ledgerOrigin = 'ledger.contoso.example/gatehouse-closed'
param checkpointRetentionDays = 7

param privateNetworking = true
param publicApi = false
param imagePolicyEffect = 'Deny'
param registryPolicyEffect = 'Deny'
param furtherImageHosts = [
  'contosohub.azurecr.io'
  'contosohub.westeurope.geo.azurecr.io'
]
