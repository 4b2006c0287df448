import { LmChatSpeka } from '../nodes/LmChatSpeka/LmChatSpeka.node.ts'
import { model, original } from './chat-model.fake.ts'
import type { FakeChatOpenAI } from './chat-openai.fake.ts'
import { fakeContext } from './context.fake.ts'

describe('the cost of a run', () => {
  test('is kept with the execution, for the nodes after the agent', async () => {
    expect(await costOf([{ usage: { cost: 0.1 } }, { usage: { cost: 0.000002 } }])).toEqual({
      speka_cost_usd: '0.200004',
    })
  })

  test('is unknown when one cost in it is', async () => {
    expect(await costOf([{ usage: { cost: 0.1 } }, {}, { usage: { cost: 0.1 } }])).toEqual({
      speka_cost_usd: 'unknown',
    })
  })

  test('goes nowhere in an n8n that keeps no such data', async () => {
    const { context } = fakeContext({ parameters: { model: model('acme/asked') } })
    const { response } = await new LmChatSpeka().supplyData.call(Object.assign(context, { customData: undefined }), 0)
    expect(await (response as FakeChatOpenAI).invoke()).toMatchObject({ cost: 0.25 })
  })
})

/** What is kept after each of the answers was given twice: at once, and as a stream. */
async function costOf(answers: object[]): Promise<object> {
  const { context, customData } = fakeContext({ parameters: { model: model('acme/asked') } })
  const { response } = await new LmChatSpeka().supplyData.call(context, 0)
  const supplied = response as FakeChatOpenAI
  for (const answer of answers) {
    original(supplied).answer = () => ({ ...answer })
    await supplied.invoke()
    await supplied.stream()
  }
  return Object.fromEntries(customData)
}
