// A network of Gatehouse's own: the app goes out through it, and reaches storage, vault and registries by private endpoints.

@description('Name of the network; the other names begin with it.')
@minLength(2)
@maxLength(50)
param name string

@description('Region of the network: the app\'s.')
param location string

@description('Tags of every resource.')
param tags object

@description('Addresses of the network, /24 or larger. A registry takes one address, one a replica for its data, and one a replica for its regional endpoint.')
param addressPrefix string

// The names of two services are not among what environment() knows.
var isChina = environment().name == 'AzureChinaCloud'
var isGovernment = environment().name == 'AzureUSGovernment'

var zoneNames = {
  blob: 'privatelink.blob.${environment().suffixes.storage}'
  queue: 'privatelink.queue.${environment().suffixes.storage}'
  table: 'privatelink.table.${environment().suffixes.storage}'
  vault: 'privatelink${replace(environment().suffixes.keyvaultDns, '.vault.', '.vaultcore.')}'
  registry: 'privatelink${environment().suffixes.acrLoginServer}'
  sites: isChina
    ? 'privatelink.chinacloudsites.cn'
    : isGovernment ? 'privatelink.azurewebsites.us' : 'privatelink.azurewebsites.net'
  topic: isChina
    ? 'privatelink.eventgrid.azure.cn'
    : isGovernment ? 'privatelink.eventgrid.azure.us' : 'privatelink.eventgrid.azure.net'
}

var zoneList = [
  zoneNames.blob
  zoneNames.queue
  zoneNames.table
  zoneNames.vault
  zoneNames.registry
  zoneNames.sites
  zoneNames.topic
]

resource address 'Microsoft.Network/publicIPAddresses@2025-05-01' = {
  name: '${name}-out'
  location: location
  tags: tags
  sku: {
    name: 'Standard'
  }
  properties: {
    publicIPAllocationMethod: 'Static'
  }
}

// Upstream registries are on the internet: calls to them leave from one known address.
resource gateway 'Microsoft.Network/natGateways@2025-05-01' = {
  name: '${name}-out'
  location: location
  tags: tags
  sku: {
    name: 'Standard'
  }
  properties: {
    idleTimeoutInMinutes: 10
    publicIpAddresses: [
      {
        id: address.id
      }
    ]
  }
}

resource network 'Microsoft.Network/virtualNetworks@2025-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    addressSpace: {
      addressPrefixes: [
        addressPrefix
      ]
    }
    subnets: [
      {
        name: 'app'
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, 26, 0)
          defaultOutboundAccess: false
          natGateway: {
            id: gateway.id
          }
          delegations: [
            {
              // Flex Consumption runs where Container Apps run.
              name: 'flex'
              properties: {
                serviceName: 'Microsoft.App/environments'
              }
            }
          ]
        }
      }
      {
        name: 'endpoints'
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, 25, 1)
          defaultOutboundAccess: false
          privateEndpointNetworkPolicies: 'Disabled'
        }
      }
    ]
  }
}

resource zones 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for zone in zoneList: {
    name: zone
    location: 'global'
    tags: tags
  }
]

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (zone, index) in zoneList: {
    parent: zones[index]
    name: name
    location: 'global'
    tags: tags
    properties: {
      registrationEnabled: false
      virtualNetwork: {
        id: network.id
      }
    }
  }
]

output appSubnetId string = '${network.id}/subnets/app'
output endpointSubnetId string = '${network.id}/subnets/endpoints'
output zoneIds object = {
  blob: zones[0].id
  queue: zones[1].id
  table: zones[2].id
  vault: zones[3].id
  registry: zones[4].id
  sites: zones[5].id
  topic: zones[6].id
}
output outboundAddress string = address.properties.ipAddress
