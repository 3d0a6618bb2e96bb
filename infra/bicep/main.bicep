// Gatehouse in one subscription: the estate of registries, and the Function app that governs it.
// `az deployment sub create -l <region> -f infra/bicep/main.bicep -p infra/bicep/dev.bicepparam`; the way from nothing is in docs/deploy.md.
targetScope = 'subscription'

import * as estate from 'modules/estate.bicep'
import { affinityShape, objectivesShape, registryShape, subscriberShape } from 'modules/types.bicep'

@description('Names this deployment: lower-case letters and digits; part of the names of all resources.')
@minLength(2)
@maxLength(12)
param environmentName string

@description('Region of everything but the registries.')
@minLength(4)
param location string

@description('Resource group of everything; it is made when it is not there.')
@minLength(1)
@maxLength(90)
param resourceGroupName string = 'rg-gatehouse-${environmentName}'

@description('Tags of every resource.')
param tags object = {}

@description('The registries of the estate.')
@minLength(1)
@maxLength(50)
param registries registryShape[]

@description('Whether the registries\' names get a suffix made from the subscription, so that they are free in Azure.')
param uniqueNames bool = false

@description('Who pulls where.')
param affinity affinityShape = {}

@description('What the estate promises.')
param objectives objectivesShape = {}

@description('Whether registries, records and checkpoints are spread over availability zones. A registry keeps what it was made with.')
param zoneRedundant bool = true

@description('Whether images may be exported from the registries. It can be forbidden with private networking only.')
param allowExport bool = true

@description('Days after which untagged Docker manifests are deleted; 0 keeps them. Intakes import untagged and tag at release, so less than 7 would delete what is awaiting it.')
@minValue(0)
@maxValue(365)
param untaggedRetentionDays int = 0

@description('Client id or URI of the app registration that callers get tokens for.')
@minLength(1)
param apiAudience string

@description('Tenant whose tokens are taken.')
@minLength(36)
@maxLength(36)
param authTenantId string = tenant().tenantId

@description('First line of every checkpoint: names this ledger among all ledgers, e.g. ledger.contoso.com/gatehouse. It stays for the ledger\'s life.')
@minLength(1)
@maxLength(200)
param ledgerOrigin string

@description('Age at which the signing key gets a new version by itself, e.g. P2Y; empty for by hand only.')
@maxLength(10)
param keyRotateAfter string = ''

@description('Days during which a signed checkpoint can be neither changed nor deleted.')
@minValue(1)
@maxValue(146000)
param checkpointRetentionDays int

@description('True once the checkpoints\' immutability policy has been locked.')
param checkpointPolicyLocked bool = false

@description('Further application settings of the app: scanners, upstreams, limits, by their environment names in docs/configuration.md. Secrets only as references to the vault.')
param furtherSettings object = {}

@description('Secrets in the vault that those settings refer to; each must be there before it is named.')
param secretNames string[] = []

@description('Memory of one instance of the app in MB.')
@allowed([
  512
  2048
  4096
])
param instanceMemoryMB int = 2048

@description('Instances kept ready for HTTP.')
@minValue(0)
@maxValue(20)
param alwaysReadyHttp int = 0

@description('The most instances of the app at one time.')
@minValue(1)
@maxValue(1000)
param maximumInstances int = 40

@description('Days that logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

@description('Who is told of alerts by e-mail.')
param alertEmails string[] = []

@description('Whether alerts are raised.')
param alertsEnabled bool = true

@description('Principals that may announce upstream tags on the upstream topic.')
param upstreamPublishers string[] = []

@description('Webhooks that are told what was decided.')
param governanceSubscribers subscriberShape[] = []

@description('Whether storage, vault, registries and the governance topic are reached by private endpoints only.')
param privateNetworking bool = false

@description('Whether the API, its deployment site and the upstream topic are reached from outside too; used with private networking.')
param publicApi bool = true

@description('Addresses of the network, /24 or larger; used with private networking.')
@minLength(9)
@maxLength(18)
param networkAddressPrefix string = '10.60.0.0/24'

@description('Whether Azure Policy holds clusters to the estate and registries to the hardening.')
param assignPolicies bool = true

@description('What Azure Policy does about an image that is not from the estate.')
@allowed([
  'Audit'
  'Deny'
  'Disabled'
])
param imagePolicyEffect string = 'Audit'

@description('Hosts beside the estate that clusters of the subscription may run images from, e.g. of another environment.')
@maxLength(50)
param furtherImageHosts string[] = []

@description('What Azure Policy does about a registry without the hardening.')
@allowed([
  'Audit'
  'Deny'
  'Disabled'
])
param registryPolicyEffect string = 'Audit'

@description('Namespaces of clusters whose images come with the cluster.')
param excludedNamespaces string[] = [
  'kube-system'
  'gatekeeper-system'
  'azure-arc'
]

var allTags = union(tags, {
  'azd-env-name': environmentName
  product: 'gatehouse'
})
var token = uniqueString(subscription().id, resourceGroupName, environmentName)
var suffix = uniqueNames ? token : ''
var acrSuffix = environment().suffixes.acrLoginServer
var storageSku = zoneRedundant ? 'Standard_ZRS' : 'Standard_LRS'

var groupId = '${subscription().id}/resourceGroups/${resourceGroupName}'
var loginServers = estate.loginServers(registries, suffix, acrSuffix)
var regionalHosts = estate.regionalHosts(registries, suffix, acrSuffix)

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: resourceGroupName
  location: location
  tags: allTags
}

module identity 'modules/identity.bicep' = {
  name: 'identity'
  scope: group
  params: {
    name: 'id-gatehouse-${environmentName}'
    location: location
    tags: allTags
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  scope: group
  params: {
    workspaceName: 'log-gatehouse-${environmentName}'
    insightsName: 'appi-gatehouse-${environmentName}'
    location: location
    tags: allTags
    retentionDays: logRetentionDays
    principalId: identity.outputs.principalId
  }
}

module network 'modules/network.bicep' = if (privateNetworking) {
  name: 'network'
  scope: group
  params: {
    name: 'vnet-gatehouse-${environmentName}'
    location: location
    tags: allTags
    addressPrefix: networkAddressPrefix
  }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  scope: group
  params: {
    name: 'st${token}'
    location: location
    tags: allTags
    sku: storageSku
    principalId: identity.outputs.principalId
    endpointSubnetId: network.?outputs.endpointSubnetId ?? ''
    zoneIds: network.?outputs.zoneIds ?? {}
  }
}

module checkpoints 'modules/checkpoints.bicep' = {
  name: 'checkpoints'
  scope: group
  params: {
    name: 'stproof${token}'
    location: location
    tags: allTags
    sku: storageSku
    retentionDays: checkpointRetentionDays
    policyLocked: checkpointPolicyLocked
    principalId: identity.outputs.principalId
    endpointSubnetId: network.?outputs.endpointSubnetId ?? ''
    zoneIds: network.?outputs.zoneIds ?? {}
  }
}

module vault 'modules/vault.bicep' = {
  name: 'vault'
  scope: group
  params: {
    name: 'kv-${token}'
    location: location
    tags: allTags
    rotateAfter: keyRotateAfter
    principalId: identity.outputs.principalId
    secretNames: secretNames
    workspaceId: monitoring.outputs.workspaceId
    endpointSubnetId: network.?outputs.endpointSubnetId ?? ''
    zoneIds: network.?outputs.zoneIds ?? {}
  }
}

module registry 'modules/registry.bicep' = [
  for shape in registries: {
    name: 'registry-${shape.name}'
    scope: group
    params: {
      name: '${shape.name}${suffix}'
      home: shape.home
      replicas: shape.replicas
      tags: union(allTags, {
        bulkhead: shape.bulkhead
      })
      zoneRedundant: zoneRedundant
      allowExport: allowExport
      untaggedRetentionDays: untaggedRetentionDays
      principalId: identity.outputs.principalId
      workspaceId: monitoring.outputs.workspaceId
      networkLocation: location
      endpointSubnetId: network.?outputs.endpointSubnetId ?? ''
      zoneIds: network.?outputs.zoneIds ?? {}
    }
  }
]

module registryEvents 'modules/registry-events.bicep' = [
  for (shape, index) in registries: {
    name: 'events-${shape.name}'
    scope: group
    params: {
      registryName: '${shape.name}${suffix}'
      location: shape.home
      tags: allTags
      storageName: storage.outputs.name
    }
    dependsOn: [
      registry[index]
    ]
  }
]

module topics 'modules/topics.bicep' = {
  name: 'topics'
  scope: group
  params: {
    governanceName: 'evgt-gatehouse-${environmentName}-${token}'
    upstreamName: 'evgt-upstream-${environmentName}-${token}'
    location: location
    tags: allTags
    storageName: storage.outputs.name
    principalId: identity.outputs.principalId
    upstreamPublishers: upstreamPublishers
    subscribers: governanceSubscribers
    endpointSubnetId: network.?outputs.endpointSubnetId ?? ''
    zoneIds: network.?outputs.zoneIds ?? {}
    publicAccess: publicApi
  }
}

module functionApp 'modules/function-app.bicep' = {
  name: 'function-app'
  scope: group
  params: {
    name: 'func-gatehouse-${environmentName}-${token}'
    planName: 'plan-gatehouse-${environmentName}'
    location: location
    tags: allTags
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    blobEndpoint: storage.outputs.blobEndpoint
    queueEndpoint: storage.outputs.queueEndpoint
    tableEndpoint: storage.outputs.tableEndpoint
    packageContainer: storage.outputs.packageContainer
    insightsConnectionString: monitoring.outputs.connectionString
    instanceMemoryMB: instanceMemoryMB
    alwaysReadyHttp: alwaysReadyHttp
    maximumInstances: maximumInstances
    subnetId: network.?outputs.appSubnetId ?? ''
    endpointSubnetId: network.?outputs.endpointSubnetId ?? ''
    zoneIds: network.?outputs.zoneIds ?? {}
    publicAccess: publicApi
    estateDocument: string(estate.document(registries, affinity, objectives, groupId, suffix, acrSuffix))
    authIssuer: '${environment().authentication.loginEndpoint}${authTenantId}/v2.0'
    authAudience: apiAudience
    authTenantId: authTenantId
    ledgerOrigin: ledgerOrigin
    keyId: vault.outputs.keyId
    checkpointContainerUri: checkpoints.outputs.containerUri
    topicEndpoint: topics.outputs.governanceEndpoint
    furtherSettings: furtherSettings
  }
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  scope: group
  params: {
    prefix: 'gatehouse-${environmentName}'
    location: location
    tags: allTags
    workspaceId: monitoring.outputs.workspaceId
    emails: alertEmails
    enabled: alertsEnabled
  }
}

// After the registries, which a policy of their own kind must not meet half made.
module policies 'modules/policies.bicep' = if (assignPolicies) {
  name: 'policies-${environmentName}'
  params: {
    environmentName: environmentName
    imageEffect: imagePolicyEffect
    registryEffect: registryPolicyEffect
    hosts: concat(loginServers, regionalHosts, estate.checkedHosts(furtherImageHosts))
    excludedNamespaces: excludedNamespaces
    requirePrivate: privateNetworking
    allowExport: allowExport
  }
  dependsOn: [
    registry
  ]
}

@description('Read by azd.')
output AZURE_RESOURCE_GROUP string = group.name

@description('Where the API and the console are.')
output GATEHOUSE_ENDPOINT string = 'https://${functionApp.outputs.hostName}'

@description('The app that the package is deployed to.')
output GATEHOUSE_FUNCTION_APP string = functionApp.outputs.name

@description('Where upstream tags are announced.')
output GATEHOUSE_UPSTREAM_TOPIC string = topics.outputs.upstreamEndpoint

@description('The account whose immutability policy is locked when the trial is over.')
output GATEHOUSE_CHECKPOINT_ACCOUNT string = checkpoints.outputs.name

@description('The vault with the signing key.')
output GATEHOUSE_KEY_VAULT string = vault.outputs.name

@description('The registries, as images are pulled from them.')
output GATEHOUSE_LOGIN_SERVERS string[] = loginServers
