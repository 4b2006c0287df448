import { mintRequestId } from '../../uuid.ts'
import { readImagesCall, writeImagesCall } from './images-call.ts'

const facts = { id: mintRequestId(0), receivedAt: 0 }

describe('an images call', () => {
  test("keeps the caller's bytes, and knows whether they ask for a stream", () => {
    const body = ' {"prompt": "Gr\\u00fc\\u00dfe", "model":"a" , "stream":true}'
    const call = readImagesCall(Buffer.from(body), facts)
    expect(call.body.toString()).toBe(body)
    expect(call).toMatchObject({ endpoint: 'images', stream: true, outline: { prompt: 'Grüße' }, ...facts })
  })

  test('made by code is the same as one that was read', () => {
    const request = { model: 'a', prompt: 'A cat', n: 2 }
    expect(writeImagesCall(request, facts)).toEqual(readImagesCall(Buffer.from(JSON.stringify(request)), facts))
  })

  test.each(['{"model":"a","prompt":"x","n":1,"n":2}', '{"model":"a","prompt":"x","n":0}', '{"model":"a"}', '[]'])(
    '%s is refused',
    (body) => {
      expect(() => readImagesCall(Buffer.from(body), facts)).toThrow(expect.objectContaining({ name: 'SpekaError' }))
    },
  )
})
