using 'main.bicep'

param registries = [
  {
    name: 'contosohub'
    home: 'westeurope'
    replicas: [
      'northeurope'
      'eastus2'
    ]
  }
  {
    name: 'contosoedge'
    home: 'swedencentral'
    replicas: []
  }
]

// `az identity show … --query principalId`
param gatehousePrincipalId = readEnvironmentVariable('GATEHOUSE_PRINCIPAL_ID')
