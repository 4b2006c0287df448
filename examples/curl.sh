#!/usr/bin/env bash
# The API with nothing but curl, against a running gateway: SPEKA_API_KEY=sk-speka-… bash examples/curl.sh
set -euo pipefail
base=${SPEKA_BASE_URL:-http://127.0.0.1:7735/v1}
key=${SPEKA_API_KEY:?Set SPEKA_API_KEY to a key that "npm start" or "speka keys create" has printed.}
call() { curl --silent --show-error --no-buffer -H "Authorization: Bearer $key" -H 'Content-Type: application/json' "$@"; }

echo '# An answer: headers first'
call --include "$base/chat/completions" \
  -d '{"model": "speka/sandbox", "messages": [{"role": "user", "content": "Hello!"}]}'

printf '\n\n# The first model is down, the second answers: two attempts\n'
call --dump-header - --output /dev/null "$base/chat/completions" \
  -d '{"model": "speka/sandbox:503", "models": ["speka/sandbox"], "messages": [{"role": "user", "content": "Hello!"}]}' |
  grep -i '^x-'

printf '\n# A stream that breaks after two pieces: an error event, and no [DONE]\n'
call "$base/chat/completions" \
  -d '{"model": "speka/sandbox:cut@2", "stream": true, "messages": [{"role": "user", "content": "Hello!"}]}'

printf '# What this key has used\n'
call "$base/key"
echo
