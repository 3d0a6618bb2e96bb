// The estate: one Premium registry for each entry, geo-replicated, hardened, and open to Gatehouse's identity for exactly what it does.
// `az deployment group create -g <group> -f infra/bicep/main.bicep -p infra/bicep/dev.bicepparam`
targetScope = 'resourceGroup'

@description('A registry: its name (5 to 50 letters and digits, unique in Azure), the region its configuration lives in, and the regions it is replicated to.')
type registryShape = {
  @minLength(5)
  @maxLength(50)
  name: string
  home: string
  replicas: string[]
}

@description('The registries of the estate. Registries that share no region are bulkheads of each other.')
param registries registryShape[]

@description('Object id of the identity that the Function app runs as.')
param gatehousePrincipalId string

@description('Resource id of the Log Analytics workspace that receives the registries\' logs; empty for none.')
param workspaceId string = ''

module estate 'modules/registry.bicep' = [
  for registry in registries: {
    name: 'registry-${registry.name}'
    params: {
      name: registry.name
      home: registry.home
      replicas: registry.replicas
      gatehousePrincipalId: gatehousePrincipalId
      workspaceId: workspaceId
    }
  }
]
