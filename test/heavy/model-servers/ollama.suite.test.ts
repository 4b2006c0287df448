import OpenAI from 'openai'
import { hello } from '../../compatibility/asked.ts'
import { allBut, asking, asksInVain, type BehindGateway, describeServer } from '../../compatibility/model-servers.ts'
import { hasGo, OLLAMA } from '../../support/model-server/install-ollama.ts'
import { type Ollama, startOllama } from '../../support/model-server/start-ollama.ts'
import { startApp, type StartedApp } from '../../support/start-app.ts'

const isBuildable = hasGo()
if (!isBuildable) process.stderr.write('Go is not installed, which builds Ollama: its tests are skipped.\n')
const describeWithGo = isBuildable ? describe : describe.skip

describeWithGo('a model server', () => {
  let ollama: Ollama
  let app: StartedApp
  let gateway: BehindGateway

  beforeAll(async () => {
    ollama = await startOllama()
    app = await startApp({
      providers: { local: { type: 'ollama', base_url: ollama.baseURL } },
      models: {
        'tiny/wanderer': { targets: [{ provider: 'local', model: ollama.wanderer }] },
        'tiny/caller': { targets: [{ provider: 'local', model: ollama.caller }] },
      },
    })
    const client = new OpenAI({ baseURL: `${app.origin}/v1`, apiKey: app.liveKey, maxRetries: 0 })
    gateway = { client, wanderer: 'tiny/wanderer', caller: 'tiny/caller' }
  }, 1_000_000)

  afterAll(async () => {
    await app?.close()
    await ollama?.close()
  })

  describeServer('ollama', { ollama: OLLAMA }, ({ works, fails }) => {
    for (const feature of allBut('dimensions', 'logprobs')) works(feature, () => asking[feature](gateway))

    fails('dimensions', 'it ignores the wish', () => asksInVain(gateway))

    fails('logprobs', 'this version ignores the wish', async () => {
      const messages = [{ role: 'user' as const, content: hello }]
      const asked = { model: gateway.wanderer, messages, max_tokens: 2, logprobs: true }
      const { choices } = await gateway.client.chat.completions.create(asked)
      expect(choices[0]?.logprobs).toBeNull()
    })
  })
})
