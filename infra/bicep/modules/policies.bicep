// Azure Policy: clusters run images of the estate only, and no registry of the subscription is softer than ours.
targetScope = 'subscription'

@description('Part of the assignments\' names.')
@minLength(2)
@maxLength(12)
param environmentName string

@description('What happens to a cluster\'s foreign image: noted, or refused.')
@allowed([
  'Audit'
  'Deny'
  'Disabled'
])
param imageEffect string

@description('What happens to a registry without the hardening.')
@allowed([
  'Audit'
  'Deny'
  'Disabled'
])
param registryEffect string

@description('Every name the estate\'s images are pulled by: login servers and regional endpoints.')
@minLength(1)
param hosts string[]

@description('Namespaces whose images come with the cluster.')
param excludedNamespaces string[]

@description('Whether registries must have no public access and no export.')
param requirePrivate bool

@description('Whether images may leave the estate\'s registries; then none is told to refuse it.')
param allowExport bool

var imageRegex = '^(${join(map(hosts, host => replace(host, '.', '\\.')), '|')})/.+$'

// Built-in definitions; each is assigned as it is.
var hardening = [
  {
    name: 'no-local-admin'
    id: 'dc921057-6b28-4fbe-9b83-f7bec05db6c2'
    title: 'Registries have no local admin'
    when: true
  }
  {
    name: 'no-anonymous-pull'
    id: '9f2dea28-e834-476c-99c5-3507b4728395'
    title: 'Registries take no anonymous pull'
    when: true
  }
  {
    name: 'no-arm-tokens'
    id: '42781ec6-6127-4c30-bdfa-fb423a0047d3'
    title: 'Registries take no tokens made for Resource Manager'
    when: true
  }
  {
    name: 'no-repository-tokens'
    id: 'ff05e24e-195c-447e-b322-5e90c9f9f366'
    title: 'Registries have no repository-scoped tokens'
    when: true
  }
  {
    name: 'no-public-network'
    id: '0fdf0491-d080-4575-b627-ad0e843cba0f'
    title: 'Registries have no public network access'
    when: requirePrivate
  }
  {
    name: 'no-export'
    id: '524b0254-c285-4903-bee6-bb8126cde579'
    title: 'Registries export nothing'
    when: requirePrivate && !allowExport
  }
]

resource allowedImages 'Microsoft.Authorization/policyAssignments@2025-03-01' = {
  name: 'gatehouse-${environmentName}-images'
  properties: {
    displayName: 'Gatehouse ${environmentName}: clusters run images of the estate only'
    policyDefinitionId: tenantResourceId(
      'Microsoft.Authorization/policyDefinitions',
      'febd0533-8e55-448f-b837-bd0e06f16469'
    )
    enforcementMode: 'Default'
    parameters: {
      effect: {
        value: imageEffect
      }
      allowedContainerImagesRegex: {
        value: imageRegex
      }
      excludedNamespaces: {
        value: excludedNamespaces
      }
    }
    nonComplianceMessages: [
      {
        message: 'This image is not from the estate. Ask Gatehouse for it: POST /api/intakes.'
      }
    ]
  }
}

resource hardened 'Microsoft.Authorization/policyAssignments@2025-03-01' = [
  for policy in hardening: if (policy.when) {
    name: 'gatehouse-${environmentName}-${policy.name}'
    properties: {
      displayName: 'Gatehouse ${environmentName}: ${policy.title}'
      policyDefinitionId: tenantResourceId('Microsoft.Authorization/policyDefinitions', policy.id)
      enforcementMode: 'Default'
      parameters: {
        effect: {
          value: registryEffect
        }
      }
    }
  }
]

output imageRegex string = imageRegex
