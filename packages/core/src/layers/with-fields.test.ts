import type { Layer } from '../engine.ts'
import { ask, type AskOptions } from '../front/ask.fake.ts'
import { saying, stream } from '../attempt/transport.fake.ts'
import { withFields } from './with-fields.ts'

const changing = (fields: Readonly<Record<string, unknown>>, options: AskOptions = {}) => {
  const layer: Layer = (next) => ({ start: (call, sink) => next.start(withFields(call, fields), sink) })
  return ask([stream(saying('Hi'))], { layers: [layer], ...options })
}

describe('a layer that changes a call', () => {
  test('sets, adds and takes out fields, and leaves the rest', async () => {
    const request = { temperature: 1, top_p: 0.5, user: 'x' }
    const asked = await changing({ temperature: 0, seed: 7, user: undefined }, { request }).over()
    expect(asked.sent[0]?.body).toMatchObject({ temperature: 0, seed: 7, top_p: 0.5 })
    expect(asked.sent[0]?.body).not.toHaveProperty('user')
    expect(asked.sent[0]?.body['messages']).toEqual([{ role: 'user', content: 'hi' }])
  })

  test('decides where it goes', async () => {
    const asked = await changing({ model: 'c' }).over()
    expect(asked.record.model).toBe('c')
    expect(asked.sent[0]?.to.origin).toBe('http://three')
  })

  test('may take out the first and the last field', async () => {
    const asked = await changing(
      { models: undefined, metadata: undefined, first: true },
      { request: { metadata: {} } },
    ).over()
    expect(asked.sent[0]?.body).toHaveProperty('first')
    expect(asked.text).toBe('Hi')
  })

  test.each(['stream', 'stream_options'])('leaves %s to the caller', (name) => {
    expect(() => changing({ [name]: true })).toThrow(`cannot change "${name}"`)
  })

  test('cannot nest it too deep', () => {
    const deep = JSON.parse('['.repeat(80) + ']'.repeat(80)) as unknown
    expect(() => changing({ metadata: deep })).toThrow('deeper than 64 levels')
  })
})
