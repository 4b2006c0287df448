import { NodeApiError, type INode } from 'n8n-workflow'
import { clientError, original, refusal, supply } from './chat-model.fake.ts'

const node: INode = { id: 'n', name: 'Chain', type: 'chain', typeVersion: 1, position: [0, 0], parameters: {} }

describe('a failure', () => {
  const connection = Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED' } })

  test.each([
    {
      what: 'the word of the gateway',
      thrown: refusal(404, 'model_not_found', 'No model is called "x".'),
      shown: {
        message: 'No model is called "x".',
        httpCode: '404',
        description:
          'Choose the model "From List": it shows what the gateway can call now. Code: model_not_found. Request: req-1.',
      },
    },
    {
      what: 'a page that is none of a gateway',
      thrown: clientError(404, undefined),
      shown: {
        message: expect.stringContaining('not as a Speka gateway'),
        description: expect.stringContaining('/v1'),
      },
    },
    {
      what: 'nobody listens',
      thrown: new Error('Connection error.', { cause: connection }),
      shown: {
        message: 'Nothing answers at http://gateway.test/v1.',
        description: expect.stringContaining('Is the gateway running'),
      },
    },
    {
      what: 'a stream that broke',
      thrown: clientError(undefined, { message: 'The provider broke off.', code: 'upstream_incomplete' }),
      shown: { message: 'The provider broke off.', description: expect.stringContaining('Retry On Fail') },
    },
  ])('says what to do, as the node Speka does: $what', async ({ thrown, shown }) => {
    const supplied = await supply()
    original(supplied).answer = () => {
      throw new NodeApiError(node, thrown as never)
    }
    const expected = { ...shown, context: { itemIndex: 0 }, functionality: 'configuration-node' }
    await expect(supplied.invoke()).rejects.toMatchObject(expected)
    await expect(supplied.stream()).rejects.toMatchObject(expected)
  })

  test('that is none of the gateway stays as it is', async () => {
    const supplied = await supply()
    const thrown = Object.assign(new Error('Aborted'), { name: 'AbortError' })
    original(supplied).answer = () => {
      throw thrown
    }
    await expect(supplied.invoke()).rejects.toBe(thrown)
  })
})
