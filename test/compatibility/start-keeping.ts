import { keeping } from '../support/keeping-upstream.ts'
import { startScriptedUpstream } from '../support/scripted-upstream.ts'
import { startApp, type StartedApp } from '../support/start-app.ts'

/** A model whose target keeps responses. The sandbox keeps none. */
export const keptModel = 'kept/answers'

/** What the second of two responses says when it goes on with the first. */
export const wentOn = /^After resp_upstream0\.$/

/** What has to be known to go on with a response. */
export const keptWhere = 'with a target of the type `openai` or `azure`'

/** A gateway with the sandbox, and with a target that keeps responses as OpenAI does. */
export async function startKeeping(): Promise<StartedApp> {
  const upstream = await startScriptedUpstream(keeping())
  const app = await startApp({
    providers: { kept: { type: 'openai', base_url: upstream.baseURL, api_key: 'a key of the operator' } },
    models: {
      [keptModel]: { targets: [{ provider: 'kept' }], price: { input: '1', output: '1' } },
      // The judge that clients name who take no other name.
      'omni-moderation-latest': { targets: [{ provider: 'sandbox', model: 'speka/sandbox' }] },
    },
  })
  return {
    ...app,
    async close() {
      await app.close()
      await upstream.close()
    },
  }
}
