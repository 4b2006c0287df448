import OpenAI from 'openai'
import { requiredVersions } from '../../compatibility/clients.ts'
import { allBut, asking, asksInVain, type BehindGateway, describeServer } from '../../compatibility/model-servers.ts'
import { callsAdd } from '../../support/model-server/model-file.ts'
import { type ModelServer, requirements, startModelServer } from '../../support/model-server/start-model-server.ts'
import { startApp, type StartedApp } from '../../support/start-app.ts'

const servers: ModelServer[] = []
let app: StartedApp
let gateway: BehindGateway

beforeAll(async () => {
  const wanderer = await startModelServer()
  servers.push(wanderer)
  const caller = await startModelServer({ says: callsAdd })
  servers.push(caller)
  app = await startApp({
    providers: {
      wanderer: { type: 'openai-compatible', base_url: wanderer.baseURL, api_key: wanderer.apiKey },
      caller: { type: 'openai-compatible', base_url: caller.baseURL, api_key: caller.apiKey },
    },
    models: {
      'tiny/wanderer': { targets: [{ provider: 'wanderer', model: wanderer.model }] },
      'tiny/caller': { targets: [{ provider: 'caller', model: caller.model }] },
    },
  })
  const client = new OpenAI({ baseURL: `${app.origin}/v1`, apiKey: app.liveKey, maxRetries: 0 })
  gateway = { client, wanderer: 'tiny/wanderer', caller: 'tiny/caller' }
})

afterAll(async () => {
  await app?.close()
  for (const server of servers) await server.kill()
})

describeServer('llama-cpp', requiredVersions(requirements, 'xllamacpp'), ({ works, fails }) => {
  for (const feature of allBut('dimensions')) works(feature, () => asking[feature](gateway))

  fails('dimensions', 'it ignores the wish', () => asksInVain(gateway))
})
