// What the parameters of main.bicep are made of.

@export()
@description('A registry of the estate.')
type registryShape = {
  @description('5 to 37 letters and digits, with the suffix of uniqueNames or without it unique in Azure.')
  @minLength(5)
  @maxLength(37)
  name: string

  @description('The region its configuration lives in; it cannot be changed later.')
  home: string

  @description('The regions it is replicated to, beside its home.')
  replicas: string[]

  @description('Its failure domain; registries of different bulkheads share none, so they share no region.')
  @minLength(1)
  @maxLength(63)
  bulkhead: string
}

@export()
@description('For a region of hosts, the replicas they pull from, in order: registry/region, by the names in the list of registries.')
type affinityShape = {
  *: string[]
}

@export()
@description('What the estate promises.')
type objectivesShape = {
  @description('Percent of the time, e.g. 99.99.')
  availability: string?

  @description('How long hosts may wait for images after a region is lost, e.g. 5m.')
  recoveryTime: string?

  @description('How long a replica may take to serve what its registry imported, e.g. 10m.')
  replicationLag: string?
}

@export()
@description('A webhook that is told what was decided.')
type subscriberShape = {
  @minLength(3)
  @maxLength(64)
  name: string

  @description('https URL; a secret in it is not shown again.')
  @secure()
  endpoint: string
}
