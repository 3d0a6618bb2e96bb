// The key that signs the ledger's checkpoints. It never leaves the vault, and cannot be purged before its time.

@description('Name of the vault.')
@minLength(3)
@maxLength(24)
param name string

@description('Region of the vault.')
param location string

@description('Tags of every resource.')
param tags object

@description('Age at which a new version of the key is made, as an ISO 8601 duration, e.g. P2Y; empty for by hand only. Verifiers must know the new public key before it signs.')
param rotateAfter string

@description('Principal that signs, and reads the secrets named below.')
param principalId string

@description('Secrets in this vault that application settings refer to; each must be there before it is named.')
param secretNames string[]

@description('Workspace that receives the vault\'s audit log.')
param workspaceId string

@description('Subnet for private endpoints; empty for public access.')
param endpointSubnetId string

@description('Private DNS zones by service; read only when there is a subnet.')
param zoneIds object

// Key Vault Crypto User
var cryptoUser = '12338af0-0e69-4776-bea7-57ae8d297424'

// Key Vault Secrets User
var secretsUser = '4633458b-17de-408a-b874-0445c86b69e6'

resource vault 'Microsoft.KeyVault/vaults@2025-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enablePurgeProtection: true
    publicNetworkAccess: empty(endpointSubnetId) ? 'Enabled' : 'Disabled'
    networkAcls: {
      bypass: 'None'
      defaultAction: empty(endpointSubnetId) ? 'Allow' : 'Deny'
    }
  }
}

resource key 'Microsoft.KeyVault/vaults/keys@2025-05-01' = {
  parent: vault
  name: 'ledger'
  tags: tags
  properties: {
    kty: 'EC'
    curveName: 'P-256'
    keyOps: [
      'sign'
      'verify'
    ]
    attributes: {
      enabled: true
      exportable: false
    }
    rotationPolicy: empty(rotateAfter)
      ? null
      : {
          lifetimeActions: [
            {
              action: {
                type: 'rotate'
              }
              trigger: {
                timeAfterCreate: rotateAfter
              }
            }
          ]
        }
  }
}

// The app calls sign, and reads the public key it publishes; on this key alone.
resource signs 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(key.id, principalId, cryptoUser)
  scope: key
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', cryptoUser)
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

resource secrets 'Microsoft.KeyVault/vaults/secrets@2025-05-01' existing = [
  for name in secretNames: {
    parent: vault
    name: name
  }
]

// The platform resolves @Microsoft.KeyVault(…) in the app's settings with the app's identity; one assignment a secret.
resource reads 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (name, index) in secretNames: {
    name: guid(secrets[index].id, principalId, secretsUser)
    scope: secrets[index]
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsUser)
      principalId: principalId
      principalType: 'ServicePrincipal'
    }
  }
]

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'gatehouse'
  scope: vault
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        categoryGroup: 'audit'
        enabled: true
      }
    ]
  }
}

module endpoint 'private-endpoint.bicep' = if (!empty(endpointSubnetId)) {
  name: 'endpoint-${name}'
  params: {
    name: 'pe-${name}'
    location: location
    tags: tags
    subnetId: endpointSubnetId
    targetId: vault.id
    service: 'vault'
    zoneId: zoneIds.?vault ?? ''
  }
}

output keyId string = key.properties.keyUri
output name string = vault.name
