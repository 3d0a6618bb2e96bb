#!/usr/bin/env bash
# Registers the API in Entra: its roles, one scope, version 2 tokens; and prints its client id. Run again, it completes
# what a run before left undone, and sets the same scope and URI anew.
# Needs the Azure CLI, signed in as somebody who may register applications (Application Developer or more).
set -euo pipefail
cd "$(dirname "$0")"

name=${1:-Gatehouse}
scope=03e618a2-fbe6-4126-b52d-02132198d58c
# The Azure CLI itself, so that `az account get-access-token` needs no consent.
cli=04b07795-8ddb-461a-bbee-02f9e1bf7b46

clients=$(az ad app list --filter "displayName eq '$name'" --query '[].appId' --output tsv)
if [ "$(printf '%s' "$clients" | grep -c .)" -gt 1 ]; then
  printf 'more than one application is called "%s"; delete those that are not the API, or give another name:\n%s\n' "$name" "$clients" >&2
  exit 1
fi
client=$clients
if [ -z "$client" ]; then
  client=$(az ad app create --display-name "$name" --sign-in-audience AzureADMyOrg --app-roles @app-roles.json --query appId --output tsv)
fi

# Outside the branch: a run that ended half-way is completed by the next.
object=$(az ad app show --id "$client" --query id --output tsv)
az rest --method patch --url "https://graph.microsoft.com/v1.0/applications/$object" --headers Content-Type=application/json --body "{
  \"identifierUris\": [\"api://$client\"],
  \"api\": {
    \"requestedAccessTokenVersion\": 2,
    \"oauth2PermissionScopes\": [{\"id\": \"$scope\", \"value\": \"access\", \"type\": \"User\", \"isEnabled\": true,
      \"adminConsentDisplayName\": \"Use Gatehouse\", \"adminConsentDescription\": \"Use Gatehouse as the signed-in person, with that person's roles.\"}]
  }
}" >/dev/null
az rest --method patch --url "https://graph.microsoft.com/v1.0/applications/$object" --headers Content-Type=application/json --body "{
  \"api\": {\"preAuthorizedApplications\": [{\"appId\": \"$cli\", \"delegatedPermissionIds\": [\"$scope\"]}]}
}" >/dev/null

# Without roles nobody gets a token: whoever is not assigned one is turned away at the sign-in.
principal=$(az ad sp list --filter "appId eq '$client'" --query '[0].id' --output tsv)
if [ -z "$principal" ]; then
  principal=$(az ad sp create --id "$client" --query id --output tsv)
fi
az ad sp update --id "$principal" --set appRoleAssignmentRequired=true >/dev/null
echo "$client"
