import { completion, json, startScriptedUpstream } from '../scripted-upstream.ts'
import { spawnGateway } from '../spawn-gateway.ts'

test.each([
  {
    mayDeviate: false,
    outcome: 'ChatCompletionResponseMessage at /choices/0/message/annotations must be array: "none"',
  },
  { mayDeviate: true, outcome: undefined },
])('a gateway in a process of its own is watched too (may deviate: $mayDeviate)', async ({ mayDeviate, outcome }) => {
  const upstream = await startScriptedUpstream()
  const answer = completion('Hello')
  const [choice] = answer.choices
  upstream.on(
    'odd',
    json({ ...answer, choices: [{ ...choice, message: { ...choice?.message, annotations: 'none' } }] }),
  )
  const gateway = await spawnGateway(
    {
      providers: { scripted: { type: 'openai-compatible', base_url: upstream.baseURL, api_key: 'x' } },
      models: { odd: { targets: [{ provider: 'scripted' }], price: { input: '1', output: '1' } } },
    },
    { mayDeviate },
  )
  try {
    const response = await fetch(`${gateway.baseURL}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.key}` },
      body: JSON.stringify({ model: 'odd', messages: [{ role: 'user', content: 'Hi' }] }),
    })
    expect(response.status).toBe(200)
    await response.text()
  } finally {
    const closed = await gateway.close().catch((error: Error) => error.message)
    await upstream.close()
    if (outcome === undefined) expect(closed).toBeUndefined()
    else expect(closed).toContain(outcome)
  }
})
