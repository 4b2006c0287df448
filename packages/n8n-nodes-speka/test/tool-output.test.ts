import { displayParameter, type INode, type INodeParameters } from 'n8n-workflow'
import { Speka } from '../nodes/Speka/Speka.node.ts'
import { answering, chat, model, run } from './speka-node.fake.ts'

const send = answering({ 'x-speka-model': 'a/b', 'x-speka-cost-usd': '0.1', 'x-speka-attempts': '1' }, {})

const outputOf = async (more: object) => {
  const { items } = await run({ parameters: chat('Hi', more), send })
  return items[0]?.json ?? {}
}

describe('an agent, of which the node is a tool, is given', () => {
  test('the answer alone when it is simplified', async () => {
    expect(await outputOf({ toolOutput: 'simple' })).toEqual({ text: 'Hello' })
  })

  test('everything when it is raw', async () => {
    expect(await outputOf({ toolOutput: 'raw' })).toMatchObject({
      text: 'Hello',
      costUsd: 0.1,
      response: { object: 'chat.completion' },
    })
  })

  test('the fields that were named', async () => {
    expect(await outputOf({ toolOutput: 'fields', toolOutputFields: 'text, costUsd ,none' })).toEqual({
      text: 'Hello',
      costUsd: 0.1,
    })
  })

  test('a model as it is shown, since that is simple already', async () => {
    const parameters = { resource: 'model', operation: 'get', model: model('speka/sandbox'), toolOutput: 'simple' }
    const { items } = await run({ parameters })
    expect(items[0]?.json).toMatchObject({ id: 'speka/sandbox', inputUsdPer1m: 0.1 })
  })
})

test('elsewhere the output has cost and attempts, as ever', async () => {
  expect(await outputOf({})).toMatchObject({ text: 'Hello', costUsd: 0.1, model: 'a/b' })
})

test.each([
  { as: 'a tool', name: 'spekaTool', shown: { toolOutput: true, simplify: false } },
  { as: 'a step', name: 'speka', shown: { toolOutput: false, simplify: true } },
])('the editor asks for it where it matters: as $as', ({ name, shown }) => {
  const description = { ...new Speka().description, name }
  const parameters: INodeParameters = { resource: 'chat', operation: 'message', toolOutput: 'simple' }
  const node: Pick<INode, 'typeVersion'> = { typeVersion: 1 }
  const isShown = (field: string) =>
    description.properties
      .filter((property) => property.name === field)
      .some((property) => displayParameter(parameters, property, node, description))
  expect({ toolOutput: isShown('toolOutput'), simplify: isShown('simplify') }).toEqual(shown)
})
