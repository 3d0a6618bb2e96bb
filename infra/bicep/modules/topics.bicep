// Two custom topics: what Gatehouse decided, for whoever subscribes; and what upstreams have new, for Gatehouse. No keys.
import { subscriberShape } from 'types.bicep'

@description('Name of the topic Gatehouse publishes to.')
@minLength(3)
@maxLength(50)
param governanceName string

@description('Name of the topic that announces moved upstream tags.')
@minLength(3)
@maxLength(50)
param upstreamName string

@description('Region of both.')
param location string

@description('Tags of every resource.')
param tags object

@description('The account with the queue and the container for dead letters.')
param storageName string

@description('Principal that publishes what was decided.')
param principalId string

@description('Principals (service principals or managed identities) that may announce upstream tags.')
param upstreamPublishers string[]

@description('Webhooks that are told what was decided, as CloudEvents.')
param subscribers subscriberShape[]

@description('Subnet for private endpoints; empty for public access.')
param endpointSubnetId string

@description('Private DNS zones by service; read only when there is a subnet.')
param zoneIds object

@description('Whether upstream tags may be announced from outside the network too.')
param publicAccess bool

// EventGrid Data Sender
var dataSender = 'd5a91429-5739-47e2-a06b-3470a27159e7'

// Storage Queue Data Message Sender
var messageSender = 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a'

// Storage Blob Data Contributor
var blobContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: storageName

  resource queues 'queueServices' existing = {
    name: 'default'

    resource events 'queues' existing = {
      name: 'gatehouse-events'
    }
  }

  resource blobs 'blobServices' existing = {
    name: 'default'

    resource letters 'containers' existing = {
      name: 'deadletter'
    }
  }
}

resource governance 'Microsoft.EventGrid/topics@2025-02-15' = {
  name: governanceName
  location: location
  tags: tags
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    inputSchema: 'CloudEventSchemaV1_0'
    disableLocalAuth: true
    minimumTlsVersionAllowed: '1.2'
    // Only the app publishes here; what is delivered leaves by the service, whatever stands here.
    publicNetworkAccess: empty(endpointSubnetId) ? 'Enabled' : 'Disabled'
  }
}

resource upstream 'Microsoft.EventGrid/topics@2025-02-15' = {
  name: upstreamName
  location: location
  tags: tags
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    inputSchema: 'CloudEventSchemaV1_0'
    disableLocalAuth: true
    minimumTlsVersionAllowed: '1.2'
    publicNetworkAccess: empty(endpointSubnetId) || publicAccess ? 'Enabled' : 'Disabled'
  }
}

// The app posts governance events (PublishEvents) to this topic alone.
resource publishes 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(governance.id, principalId, dataSender)
  scope: governance
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', dataSender)
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

// Who watches an upstream posts its moved tags to this topic.
resource announces 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for publisher in upstreamPublishers: {
    name: guid(upstream.id, publisher, dataSender)
    scope: upstream
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', dataSender)
      principalId: publisher
      principalType: 'ServicePrincipal'
    }
  }
]

// Event Grid puts each upstream event on the queue as the topic's identity.
resource sends 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account::queues::events.id, upstream.id, messageSender)
  scope: account::queues::events
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', messageSender)
    principalId: upstream.identity.principalId
    principalType: 'ServicePrincipal'
  }
}

// Event Grid writes an upstream event it gave up on as a blob.
resource upstreamDeadLetters 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account::blobs::letters.id, upstream.id, blobContributor)
  scope: account::blobs::letters
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobContributor)
    principalId: upstream.identity.principalId
    principalType: 'ServicePrincipal'
  }
}

// Event Grid writes a governance event it could not deliver to a subscriber as a blob.
resource governanceDeadLetters 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account::blobs::letters.id, governance.id, blobContributor)
  scope: account::blobs::letters
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobContributor)
    principalId: governance.identity.principalId
    principalType: 'ServicePrincipal'
  }
}

resource arrivals 'Microsoft.EventGrid/topics/eventSubscriptions@2025-02-15' = {
  parent: upstream
  name: 'gatehouse'
  properties: {
    eventDeliverySchema: 'CloudEventSchemaV1_0'
    deliveryWithResourceIdentity: {
      identity: {
        type: 'SystemAssigned'
      }
      destination: {
        endpointType: 'StorageQueue'
        properties: {
          resourceId: account.id
          queueName: account::queues::events.name
          queueMessageTimeToLiveInSeconds: 604800
        }
      }
    }
    deadLetterWithResourceIdentity: {
      identity: {
        type: 'SystemAssigned'
      }
      deadLetterDestination: {
        endpointType: 'StorageBlob'
        properties: {
          resourceId: account.id
          blobContainerName: account::blobs::letters.name
        }
      }
    }
    retryPolicy: {
      maxDeliveryAttempts: 30
      eventTimeToLiveInMinutes: 1440
    }
  }
  dependsOn: [
    sends
    upstreamDeadLetters
  ]
}

resource told 'Microsoft.EventGrid/topics/eventSubscriptions@2025-02-15' = [
  for subscriber in subscribers: {
    parent: governance
    name: subscriber.name
    properties: {
      eventDeliverySchema: 'CloudEventSchemaV1_0'
      destination: {
        endpointType: 'WebHook'
        properties: {
          endpointUrl: subscriber.endpoint
        }
      }
      deadLetterWithResourceIdentity: {
        identity: {
          type: 'SystemAssigned'
        }
        deadLetterDestination: {
          endpointType: 'StorageBlob'
          properties: {
            resourceId: account.id
            blobContainerName: account::blobs::letters.name
          }
        }
      }
      retryPolicy: {
        maxDeliveryAttempts: 30
        eventTimeToLiveInMinutes: 1440
      }
    }
    dependsOn: [
      governanceDeadLetters
    ]
  }
]

module governanceEndpoint 'private-endpoint.bicep' = if (!empty(endpointSubnetId)) {
  name: 'endpoint-governance-topic'
  params: {
    name: 'pe-${governanceName}'
    location: location
    tags: tags
    subnetId: endpointSubnetId
    targetId: governance.id
    service: 'topic'
    zoneId: zoneIds.?topic ?? ''
  }
}

module upstreamEndpoint 'private-endpoint.bicep' = if (!empty(endpointSubnetId)) {
  name: 'endpoint-upstream-topic'
  params: {
    name: 'pe-${upstreamName}'
    location: location
    tags: tags
    subnetId: endpointSubnetId
    targetId: upstream.id
    service: 'topic'
    zoneId: zoneIds.?topic ?? ''
  }
}

output governanceEndpoint string = governance.properties.endpoint
output upstreamEndpoint string = upstream.properties.endpoint
