import { freePort } from '../support/free-port.ts'
import { prepareN8n, type N8n } from '../support/n8n/n8n.ts'
import type { Credential, Workflow } from '../support/n8n/workflow.ts'
import { startScriptedUpstream, type ScriptedUpstream } from '../support/scripted-upstream.ts'
import { spawnGateway, type Gateway } from '../support/spawn-gateway.ts'
import { serverWorkflows, tryOnServer } from './on-the-server.ts'
import { recorder } from './recorder.ts'
import { GATEWAY, KEY, type World } from './topic.ts'
import { anthropicNodes } from './topics/anthropic-nodes.ts'
import { builtInNodes } from './topics/built-in-nodes.ts'
import { chatModelPlaces } from './topics/chat-model-places.ts'
import { chatModelTopic } from './topics/chat-model.ts'
import { chatNode } from './topics/chat-node.ts'
import { embeddingsTopic } from './topics/embeddings.ts'
import { examples } from './topics/examples.ts'
import { failures } from './topics/failures.ts'
import { otherActions } from './topics/other-actions.ts'
import { overhead } from './topics/overhead.ts'
import { serverTopic } from './topics/server.ts'

const topics = [
  chatNode,
  otherActions,
  failures,
  chatModelTopic,
  chatModelPlaces,
  embeddingsTopic,
  builtInNodes,
  anthropicNodes,
  examples,
  overhead,
  serverTopic,
]

let n8n: N8n | undefined
let gateway: Gateway | undefined
let upstream: ScriptedUpstream | undefined
let world: World

beforeAll(async () => {
  upstream = await startScriptedUpstream(recorder)
  gateway = await spawnGateway({
    providers: { recorder: { type: 'openai-compatible', base_url: upstream.baseURL, api_key: 'sk-upstream' } },
    models: {
      'acme/recorder': { targets: [{ provider: 'recorder', model: 'recorder' }], price: { input: '1', output: '2' } },
      // LangChain asks a model of such a name at /responses.
      'acme/codex': {
        targets: [{ provider: 'recorder', model: 'recorder' }],
        price: { input: '1', output: '2' },
      },
      'acme/dear': { targets: [{ provider: 'recorder', model: 'dear' }], price: { input: '1000', output: '1' } },
    },
    aliases: { 'gpt-image-1': 'speka/sandbox' },
  })
  n8n = await prepareN8n()
  const written = JSON.stringify(topics.flatMap((topic) => topic.workflows))
  const workflows = JSON.parse(written.replaceAll(GATEWAY, gateway.origin).replaceAll(KEY, gateway.key)) as Workflow[]
  const known = await credentials(gateway, upstream.baseURL)
  await n8n.import(known, [...workflows, ...serverWorkflows])
  const { baseURL, key } = gateway
  world = {
    gateway,
    upstream,
    runs: await n8n.executeBatch(workflows),
    server: await tryOnServer(n8n, upstream, known),
    async recordOf(requestId) {
      const response = await fetch(`${baseURL}/generation?id=${requestId}`, {
        headers: { authorization: `Bearer ${key}` },
      })
      return (await response.json()) as Record<string, unknown>
    },
  }
})

afterAll(async () => {
  await n8n?.close()
  await gateway?.close()
  await upstream?.close()
})

describe.each(topics)('$name', ({ tests }) => {
  tests(() => world)
})

async function credentials({ baseURL, origin, key }: Gateway, elsewhere: string): Promise<Credential[]> {
  const down = `http://127.0.0.1:${await freePort()}/v1`
  return [
    // As people type it: the slash too many is ours to mend.
    speka('speka', ` ${key} `, `${origin}/`),
    speka('spekaWrongKey', `${key.slice(0, -6)}000000`, baseURL),
    speka('spekaDown', key, down),
    speka('spekaNotAGateway', key, `${origin}/elsewhere`),
    speka('spekaOnlyA200', key, elsewhere),
    speka('spekaOfItem', '={{ $json.key }}', '={{ $json.url }}'),
    { id: 'openAi', name: 'openAi', type: 'openAiApi', data: { apiKey: key, url: baseURL } },
    { id: 'anthropic', name: 'anthropic', type: 'anthropicApi', data: { apiKey: key, url: origin } },
    // As the OpenAI credential wants it: n8n adds its own `/v1`.
    { id: 'anthropicV1', name: 'anthropicV1', type: 'anthropicApi', data: { apiKey: key, url: baseURL } },
  ]
}

const speka = (id: string, apiKey: string, baseUrl: string): Credential => ({
  id,
  name: id,
  type: 'spekaApi',
  data: { apiKey, baseUrl },
})
