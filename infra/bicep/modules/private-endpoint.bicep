// One service of one resource, reachable in the network under its own name.

@description('Name of the endpoint.')
@minLength(2)
@maxLength(64)
param name string

@description('Region of the network.')
param location string

@description('Tags of every resource.')
param tags object

@description('Subnet the endpoint takes its addresses from.')
param subnetId string

@description('The resource that is reached.')
param targetId string

@description('Which of its services.')
@allowed([
  'blob'
  'queue'
  'table'
  'vault'
  'registry'
  'sites'
  'topic'
])
param service string

@description('The private DNS zone of that service.')
param zoneId string

resource endpoint 'Microsoft.Network/privateEndpoints@2025-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    subnet: {
      id: subnetId
    }
    // Without fixed addresses: a registry that gets another replica needs more of them.
    privateLinkServiceConnections: [
      {
        name: name
        properties: {
          privateLinkServiceId: targetId
          groupIds: [
            service
          ]
        }
      }
    ]
  }
}

resource zoneGroup 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2025-05-01' = {
  parent: endpoint
  name: 'default'
  properties: {
    privateDnsZoneConfigs: [
      {
        name: service
        properties: {
          privateDnsZoneId: zoneId
        }
      }
    ]
  }
}
