// One registry of the estate with its replicas and the rights Gatehouse needs on it.

@minLength(5)
@maxLength(50)
param name string

@description('The region where the registry\'s configuration lives; it cannot be changed later.')
param home string

@description('Regions beside the home region.')
param replicas array

param gatehousePrincipalId string

param workspaceId string

// ARM importImage, and reading manifests and tags at every replica.
var importerAndReader = '577a9874-89fd-4f24-9dbd-b5034d0ad23a'

// Putting a manifest under a tag, and PATCH /acr/v1 of tag and manifest: the locks.
var repositoryWriter = '2a1e307c-b015-4ebd-883e-5b7698a07328'

resource registry 'Microsoft.ContainerRegistry/registries@2025-11-01' = {
  name: name
  location: home
  sku: {
    name: 'Premium'
  }
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    adminUserEnabled: false
    anonymousPullEnabled: false
    dataEndpointEnabled: true
    networkRuleBypassOptions: 'AzureServices'
    roleAssignmentMode: 'AbacRepositoryPermissions'
    policies: {
      azureADAuthenticationAsArmPolicy: {
        status: 'disabled'
      }
    }
  }
}

// One after another: replications of one registry that are created at once get in each other's way.
@batchSize(1)
resource replication 'Microsoft.ContainerRegistry/registries/replications@2025-11-01' = [
  for region in replicas: {
    parent: registry
    name: region
    location: region
    properties: {
      regionEndpointEnabled: true
    }
  }
]

resource rights 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in [
    importerAndReader
    repositoryWriter
  ]: {
    name: guid(registry.id, gatehousePrincipalId, role)
    scope: registry
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
      principalId: gatehousePrincipalId
      principalType: 'ServicePrincipal'
    }
  }
]

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (!empty(workspaceId)) {
  name: 'gatehouse'
  scope: registry
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        categoryGroup: 'allLogs'
        enabled: true
      }
    ]
    metrics: [
      {
        category: 'AllMetrics'
        enabled: true
      }
    ]
  }
}

output loginServer string = registry.properties.loginServer
