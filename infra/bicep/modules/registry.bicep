// One registry of the estate with its replicas, hardened, and open to Gatehouse's identity for exactly what it does.

@description('Name of the registry, unique in Azure.')
@minLength(5)
@maxLength(50)
param name string

@description('The region where the registry\'s configuration lives; it cannot be changed later.')
param home string

@description('Regions beside the home region.')
param replicas string[]

@description('Tags of every resource.')
param tags object

@description('Whether each region\'s copy is spread over its availability zones, where it has them.')
param zoneRedundant bool

@description('Whether images may be exported. Azure refuses to forbid it while the registry has public access.')
param allowExport bool

@description('Days after which untagged Docker manifests are deleted; 0 keeps them.')
@minValue(0)
@maxValue(365)
param untaggedRetentionDays int

@description('Principal of the app.')
param principalId string

@description('Workspace that receives the registry\'s logs.')
param workspaceId string

@description('Region of the network, for the private endpoint.')
param networkLocation string

@description('Subnet for the private endpoint; empty for public access.')
param endpointSubnetId string

@description('Private DNS zones by service; read only when there is a subnet.')
param zoneIds object

// Container Registry Data Importer and Data Reader
var importerAndReader = '577a9874-89fd-4f24-9dbd-b5034d0ad23a'

// Container Registry Repository Writer
var repositoryWriter = '2a1e307c-b015-4ebd-883e-5b7698a07328'

// The preview version, because regional endpoints are in no other: Gatehouse asks each replica under its own name.
resource registry 'Microsoft.ContainerRegistry/registries@2026-03-01-preview' = {
  name: name
  location: home
  tags: tags
  sku: {
    name: 'Premium'
  }
  properties: {
    adminUserEnabled: false
    anonymousPullEnabled: false
    dataEndpointEnabled: true
    regionalEndpoints: 'Enabled'
    roleAssignmentMode: 'AbacRepositoryPermissions'
    zoneRedundancy: zoneRedundant ? 'Enabled' : 'Disabled'
    publicNetworkAccess: empty(endpointSubnetId) ? 'Enabled' : 'Disabled'
    // Kept in either case: without it Azure imports nothing into a registry that has no public access.
    networkRuleBypassOptions: 'AzureServices'
    policies: {
      azureADAuthenticationAsArmPolicy: {
        status: 'disabled'
      }
      exportPolicy: {
        status: allowExport ? 'enabled' : 'disabled'
      }
      retentionPolicy: {
        status: untaggedRetentionDays == 0 ? 'disabled' : 'enabled'
        days: untaggedRetentionDays == 0 ? 7 : untaggedRetentionDays
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
    tags: tags
    properties: {
      regionEndpointEnabled: true
      zoneRedundancy: zoneRedundant ? 'Enabled' : 'Disabled'
    }
  }
]

// ARM importImage with its polling, GET and HEAD of manifests and tags at every replica, and of their attributes (/acr/v1).
resource imports 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(registry.id, principalId, importerAndReader)
  scope: registry
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', importerAndReader)
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

// PUT of a manifest under its tag, PATCH /acr/v1 of tag and manifest (the locks), PUT of attestations.
resource writes 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(registry.id, principalId, repositoryWriter)
  scope: registry
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', repositoryWriter)
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
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

// After the replications: each takes addresses of its own.
module endpoint 'private-endpoint.bicep' = if (!empty(endpointSubnetId)) {
  name: 'endpoint-${name}'
  params: {
    name: 'pe-${name}'
    location: networkLocation
    tags: tags
    subnetId: endpointSubnetId
    targetId: registry.id
    service: 'registry'
    zoneId: zoneIds.?registry ?? ''
  }
  dependsOn: [
    replication
  ]
}

output id string = registry.id
output loginServer string = registry.properties.loginServer
