// From the list of registries to what others call them; no resources.
import { affinityShape, objectivesShape, registryShape } from 'types.bicep'

@export()
@description('The estate as Gatehouse reads it, from the same list that makes the registries: they cannot differ.')
func document(
  registries registryShape[],
  affinity affinityShape,
  objectives objectivesShape,
  groupId string,
  suffix string,
  acrSuffix string
) object => {
  apiVersion: 'gatehouse/v1'
  kind: 'Estate'
  registries: map(registries, registry => {
    name: '${registry.name}${suffix}'
    resourceId: '${groupId}/providers/Microsoft.ContainerRegistry/registries/${registry.name}${suffix}'
    loginServer: toLower('${registry.name}${suffix}${acrSuffix}')
    home: registry.home
    bulkhead: registry.bulkhead
    regions: map(concat([registry.home], registry.replicas), region => {
      name: region
      endpoint: toLower('${registry.name}${suffix}.${region}.geo${acrSuffix}')
    })
  })
  affinity: toObject(
    items(affinity),
    entry => entry.key,
    entry => map(entry.value, replica => replace(replica, '/', '${suffix}/'))
  )
  objectives: objectives
}

@export()
@description('The registries, as images are pulled from them whatever the region.')
func loginServers(registries registryShape[], suffix string, acrSuffix string) string[] =>
  map(registries, registry => toLower('${registry.name}${suffix}${acrSuffix}'))

@export()
@description('Hosts as they are; the deployment fails on what is no host in lower case, which in a pattern would let more through than it names.')
func checkedHosts(hosts string[]) string[] =>
  map(
    hosts,
    host =>
      contains(host, '.') && !startsWith(host, '.') && !endsWith(host, '.') && empty(filter(
          range(0, length(host)),
          at => !contains('abcdefghijklmnopqrstuvwxyz0123456789.-', substring(host, at, 1))
        ))
        ? host
        : fail('furtherImageHosts: "${host}" is no host; write letters in lower case, digits, "-" and ".", e.g. contoso.azurecr.io')
  )

@export()
@description('Each replica under its own name.')
func regionalHosts(registries registryShape[], suffix string, acrSuffix string) string[] =>
  flatten(map(
    registries,
    registry =>
      map(
        concat([registry.home], registry.replicas),
        region => toLower('${registry.name}${suffix}.${region}.geo${acrSuffix}')
      )
  ))
