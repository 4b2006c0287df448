// Loaded with `--import` into gateways that tests start: every answer they give is looked at, and what deviates from OpenAI's
// description is told on stderr, for the test that reads it there.
import { subscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { DEVIATES } from './deviates.ts'
import { watchAnswer } from './watch-answers.ts'

const told = new Set<string>()

subscribe('http.server.request.start', (message) => {
  const { request, response } = message as { request: IncomingMessage; response: ServerResponse }
  watchAnswer(request, response, {
    checked: () => undefined,
    deviates(what) {
      if (told.has(what)) return
      told.add(what)
      process.stderr.write(`${DEVIATES}${what}\n`)
    },
  })
})
