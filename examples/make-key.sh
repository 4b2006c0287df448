#!/usr/bin/env bash
# A key for a team, made with nothing but curl: SPEKA_ADMIN_TOKEN=speka-admin-… bash examples/make-key.sh research
set -euo pipefail
base=${SPEKA_ADMIN_URL:-http://127.0.0.1:7736}/api/v1
token=${SPEKA_ADMIN_TOKEN:?Set SPEKA_ADMIN_TOKEN to the token in .speka/admin-token, or to one of "speka tokens create".}
name=${1:?Say what to call the team.}
call() { curl --silent --show-error --fail-with-body -H "Authorization: Bearer $token" -H 'Content-Type: application/json' "$@"; }
field() { sed -E "s/.*\"$1\":\"([^\"]*)\".*/\1/"; }

team=$(call "$base/teams" -d "{\"name\": \"$name\"}" | field id)
echo "team  $team"

# With an Idempotency-Key, a request may be repeated when its answer was lost: this makes one key, whatever happens.
repeat="Idempotency-Key: first-key-of-$team"
key=$(call "$base/keys" -H "$repeat" -d "{\"name\": \"$name\", \"team\": \"$team\", \"models\": [\"speka/*\"]}")
again=$(call "$base/keys" -H "$repeat" -d "{\"name\": \"$name\", \"team\": \"$team\", \"models\": [\"speka/*\"]}")
[ "$key" = "$again" ] && echo 'asked twice, made once'

echo "id    $(field id <<<"$key")"
echo "key   $(field key <<<"$key")"

# What was seen is changed only as long as it is what was seen: the first revision of it.
call --output /dev/null --request PATCH "$base/keys/$(field id <<<"$key")" -H 'If-Match: "1"' -d '{"environment": "staging"}'
call --request GET "$base/keys/$(field id <<<"$key")" | field environment
echo
