#!/usr/bin/env bash
# Gives a role of the API to a person, a group or a service principal: assign-role.sh CLIENT_ID ROLE OBJECT_ID
set -euo pipefail
client=$1 role=$2 who=$3
api=$(az ad sp show --id "$client" --query id --output tsv)
id=$(az ad sp show --id "$client" --query "appRoles[?value=='$role'].id | [0]" --output tsv)
[ -n "$id" ] || { echo "the app has no role '$role'" >&2; exit 1; }
az rest --method post --url "https://graph.microsoft.com/v1.0/servicePrincipals/$api/appRoleAssignedTo" --headers Content-Type=application/json \
  --body "{\"principalId\": \"$who\", \"resourceId\": \"$api\", \"appRoleId\": \"$id\"}" >/dev/null
