import { classifyGatewayReply, gatewayFacts } from './gateway-answer.ts'

const reply = (status: number, code: string, message: string) => ({
  status,
  headers: {},
  body: Buffer.from(JSON.stringify({ error: { message, type: 'x', param: null, code } })),
})

describe('what another gateway says of its answer', () => {
  test('names the model that it chose and the price that it asks', () => {
    const usage = { prompt_tokens: 1, cost: 0.0000044, cost_details: { total: '0.0000044' } }
    expect(gatewayFacts({ model: 'lab/fallback', usage })).toEqual({ model: 'lab/fallback', charge: 4_400_000n })
  })

  test.each([
    {},
    { usage: {} },
    { usage: { cost_details: { total: 4 } } },
    { usage: { cost_details: { total: '-1' } } },
  ])('is no price when it has none that can be read: %j', (answer) => {
    expect(gatewayFacts(answer)).toEqual({})
  })
})

describe('an error of another gateway', () => {
  test('passes as it is where the caller can mend it', () => {
    const failure = classifyGatewayReply(reply(404, 'model_not_found', 'No model is called "a". Did you mean "b"?'))
    expect(failure).toMatchObject({ class: 'model_unavailable', code: 'model_not_found' })
    expect(failure.quote).toContain('Did you mean "b"?')
  })

  test.each([
    [401, 'invalid_api_key'],
    [502, 'upstream_error'],
    [508, 'gateway_loop'],
    [404, 'constructor'],
  ])('is told in our own words otherwise: %d %s', (status, code) => {
    expect(classifyGatewayReply(reply(status, code, 'far words')).quote ?? '').not.toContain('far words')
  })
})
