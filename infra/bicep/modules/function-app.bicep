// The Function app: Flex Consumption, a custom handler, one identity, no keys.

@description('Name of the app, unique in Azure.')
@minLength(2)
@maxLength(60)
param name string

@description('Name of its plan; a Flex Consumption plan has one app.')
@minLength(1)
@maxLength(40)
param planName string

@description('Region of the app.')
param location string

@description('Tags of every resource.')
param tags object

@description('Resource id of the identity the app runs as.')
param identityId string

@description('Client id of the same identity.')
param identityClientId string

@description('Blob endpoint of the account Gatehouse works in.')
param blobEndpoint string

@description('Queue endpoint of the same account.')
param queueEndpoint string

@description('Table endpoint of the same account.')
param tableEndpoint string

@description('Container in it that keeps the app\'s package.')
param packageContainer string

@description('Connection string of Application Insights; it names the endpoint, and is no secret while local authentication is off.')
param insightsConnectionString string

@description('Memory of one instance in MB.')
@allowed([
  512
  2048
  4096
])
param instanceMemoryMB int

@description('Instances that are kept ready for HTTP; 0 lets the first call wait for a cold start.')
@minValue(0)
@maxValue(20)
param alwaysReadyHttp int

@description('The most instances at one time, over all functions.')
@minValue(1)
@maxValue(1000)
param maximumInstances int

@description('Subnet the app goes out through; empty for none.')
param subnetId string

@description('Subnet for private endpoints; empty for public access.')
param endpointSubnetId string

@description('Private DNS zones by service; read only when there is a subnet.')
param zoneIds object

@description('Whether the API and the deployment site are reached from outside the network too.')
param publicAccess bool

@description('The estate as a document; Gatehouse reads YAML or JSON.')
param estateDocument string

@description('Issuer of the tokens callers bring.')
param authIssuer string

@description('Audience of those tokens: client id or URI of the app registration.')
@minLength(1)
param authAudience string

@description('Tenant of those tokens.')
@minLength(36)
@maxLength(36)
param authTenantId string

@description('First line of every checkpoint: names this ledger among all ledgers.')
@minLength(1)
@maxLength(200)
param ledgerOrigin string

@description('The key that signs checkpoints.')
param keyId string

@description('The container that keeps checkpoints.')
param checkpointContainerUri string

@description('The topic governance events are published to.')
param topicEndpoint string

@description('Further application settings: scanners, upstreams, limits; secrets as references to the vault. See docs/configuration.md.')
param furtherSettings object

// Gatehouse's name for the cloud; only the public one is called otherwise there.
var cloud = environment().name == 'AzureCloud' ? 'AzurePublicCloud' : environment().name

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
  }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: union(tags, {
    'azd-service-name': 'gatehouse'
  })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identityId
    publicNetworkAccess: empty(endpointSubnetId) || publicAccess ? 'Enabled' : 'Disabled'
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${blobEndpoint}${packageContainer}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: {
        name: 'custom'
        version: '1.0'
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstances
        alwaysReady: alwaysReadyHttp == 0
          ? []
          : [
              {
                name: 'http'
                instanceCount: alwaysReadyHttp
              }
            ]
      }
    }
    siteConfig: {
      minTlsVersion: '1.2'
    }
  }

  // Deployments sign in with Entra; there is no publishing password.
  resource noScmPassword 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: {
      allow: false
    }
  }

  resource noFtpPassword 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: {
      allow: false
    }
  }
}

resource settings 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: app
  name: 'appsettings'
  // Ours win: a further setting cannot change who the app is or where it writes.
  properties: union(furtherSettings, {
    AzureWebJobsStorage__blobServiceUri: blobEndpoint
    AzureWebJobsStorage__queueServiceUri: queueEndpoint
    AzureWebJobsStorage__tableServiceUri: tableEndpoint
    AzureWebJobsStorage__credential: 'managedidentity'
    AzureWebJobsStorage__clientId: identityClientId
    APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnectionString
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
    Gatehouse__Environment: 'Azure'
    Gatehouse__Auth__Issuer: authIssuer
    Gatehouse__Auth__Audience: authAudience
    Gatehouse__Auth__TenantId: authTenantId
    Gatehouse__Azure__Cloud: cloud
    Gatehouse__Azure__ManagedIdentityClientId: identityClientId
    Gatehouse__Azure__Storage__TableEndpoint: tableEndpoint
    Gatehouse__Azure__Storage__QueueEndpoint: queueEndpoint
    Gatehouse__Azure__KeyVault__KeyId: keyId
    Gatehouse__Azure__Checkpoints__ContainerUri: checkpointContainerUri
    Gatehouse__Azure__EventGrid__TopicEndpoint: topicEndpoint
    Gatehouse__Estate__Document: estateDocument
    Gatehouse__Ledger__Origin: ledgerOrigin
    Gatehouse__Ledger__Signer: 'KeyVault'
    Gatehouse__Storage__Kind: 'AzureTables'
  })
}

// Its zone gets two records: the API's, and that of the site that takes the package.
module endpoint 'private-endpoint.bicep' = if (!empty(endpointSubnetId)) {
  name: 'endpoint-app'
  params: {
    name: 'pe-${name}'
    location: location
    tags: tags
    subnetId: endpointSubnetId
    targetId: app.id
    service: 'sites'
    zoneId: zoneIds.?sites ?? ''
  }
}

output name string = app.name
output hostName string = app.properties.defaultHostName
