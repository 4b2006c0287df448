import { workflow } from '../../support/n8n/workflow.ts'
import { chat, credential, GATEWAY, items, runsOf, start, type Topic } from '../topic.ts'

const ITEMS = 100
const ROUNDS = 3

const many = items(...Array.from({ length: ITEMS }, (_, n) => ({ n })))
const rounds = Array.from({ length: ROUNDS }, (_, round) => round)

/** The same request, as n8n's own node sends it: all items at once. */
const request = {
  name: 'HTTP Request',
  type: 'n8n-nodes-base.httpRequest',
  typeVersion: 4.2,
  credentials: credential.speka,
  parameters: {
    method: 'POST',
    url: `${GATEWAY}/v1/chat/completions`,
    authentication: 'predefinedCredentialType',
    nodeCredentialType: 'spekaApi',
    sendBody: true,
    specifyBody: 'json',
    jsonBody:
      '={{ JSON.stringify({ model: "speka/sandbox", messages: [{ role: "user", content: "Number " + $json.n }] }) }}',
    options: {},
  },
}

export const overhead: Topic = {
  name: 'speed',

  // In turns, so that what else the machine does meets both.
  workflows: rounds.flatMap((round) => [
    workflow(
      `http-${round}`,
      [start, ...many, request],
      [
        ['Start', 'List'],
        ['List', 'Items'],
        ['Items', 'HTTP Request'],
      ],
    ),
    workflow(
      `speka-${round}`,
      [start, ...many, chat('speka/sandbox', '=Number {{ $json.n }}', { options: { concurrency: 64 } })],
      [
        ['Start', 'List'],
        ['List', 'Items'],
        ['Items', 'Speka'],
      ],
    ),
  ]),

  tests(world) {
    test('what the node adds to an item over HTTP Request is told', () => {
      const time = (id: string, node: string): number => {
        const [run] = runsOf(world(), id, node)
        expect(run?.data?.['main']?.[0]).toHaveLength(ITEMS)
        return run?.executionTime ?? Infinity
      }
      const plain = Math.min(...rounds.map((round) => time(`http-${round}`, 'HTTP Request')))
      const ours = Math.min(...rounds.map((round) => time(`speka-${round}`, 'Speka')))
      process.stderr.write(`HTTP Request ${plain / ITEMS} ms an item, Speka ${ours / ITEMS} ms\n`)
      expect([plain, ours].every(Number.isFinite)).toBe(true)
    })
  },
}
