import type { ImageEditsCall } from '../operations/image-edits/image-edits-call.ts'
import { writeImageEdits } from '../operations/image-edits/image-edits-call.ts'
import { readUpload } from '../sandbox/read-upload.ts'
import { mintRequestId } from '../uuid.ts'
import { BadReplyError } from './bad-reply.ts'
import { knownProviders, type ProviderType } from './known-providers.ts'
import { Sees, type Emit, type Provider } from './provider.ts'
import { target } from './run-provider.contract.ts'

const types = Object.keys(knownProviders) as ProviderType[]

/** Who changes pictures, and whether it gets what is the gateway's own. */
const suites: Partial<Record<ProviderType, { getsAll: boolean }>> = {
  openai: { getsAll: false },
  azure: { getsAll: false },
  'openai-compatible': { getsAll: false },
  speka: { getsAll: true },
  sandbox: { getsAll: false },
}

const picture = Buffer.from('89504e470d0a1a0a', 'hex')
const asked = { model: 'a', prompt: 'in the snow', n: 2, session_id: 's', images: [picture], mask: picture }
const reply = { created: 1, data: [{ b64_json: 'QQ==' }, { b64_json: 'QUE=' }] }

/** They take pictures within JSON of their own: `drawn-from-others.test.ts`. */
const inJson = ['bfl', 'gemini', 'vertex']

test('every provider that changes pictures is held to it here, and no other says that it does', () => {
  const offering = types.filter((type) => (knownProviders[type].adapter as Provider).image_edits !== undefined)
  expect(offering.toSorted()).toEqual([...Object.keys(suites), ...inJson].toSorted())
})

describe.each(Object.entries(suites))('%s', (type, { getsAll }) => {
  test('gets the fields first, and the pictures as they are', async () => {
    const { path, streamed, headers } = sentBy(type, callOf())
    expect(path).toBe('/images/edits')
    if (streamed === undefined) throw new Error('no form was sent')
    const { fields, file } = await readUpload(streamed, headers)
    const own = getsAll ? { session_id: 's' } : {}
    expect(fields).toEqual({ model: 'upstream-model', prompt: 'in the snow', n: '2', ...own })
    expect([file.names, file.bytes]).toEqual([['image[]', 'mask'], 2 * picture.length])
    expect(file.head).toEqual({ name: 'image[]', filename: 'picture.png', contentType: 'image/png' })
  })

  test('gets the JSON as it is where a picture lies at an address', () => {
    const request = { model: 'a', prompt: 'in the snow', images: [{ image_url: 'https://example.com/a.png' }] }
    const { body = [] } = sentBy(type, writeImageEdits(request, facts))
    expect(JSON.parse(String(Buffer.concat(body)))).toEqual({ ...request, model: 'upstream-model' })
  })

  test('answers with pictures, which are counted', () => {
    const answer = answerTo(type, reply)
    expect(JSON.parse(String(Buffer.from(answer.body)))).toMatchObject(reply)
    expect(answer.usage).toMatchObject({ images: 2 })
  })

  test.each([
    ['no pictures', {}],
    ['an empty list', { data: [] }],
    ['something else than pictures', { data: [7] }],
  ])('fails when it sends %s', (_, wrong) => {
    expect(() => answerTo(type, wrong)).toThrow(BadReplyError)
  })
})

test('one that was asked to stream and did not is told in the events of edits', () => {
  const call = callOf({ stream: true })
  const stream = operationOf('sandbox').stream?.(call, target)
  const told: unknown[] = []
  const emit: Emit = (frame, sees) => {
    if ((sees & Sees.Output) !== 0) told.push(/"type":"([^"]*)"/.exec(String(Buffer.from(frame)))?.[1])
  }
  stream?.fromAnswer(Buffer.from(JSON.stringify(reply)), emit)
  expect(told).toEqual(['image_edit.completed', 'image_edit.completed'])
})

const facts = { id: mintRequestId(0), receivedAt: 0 }
const callOf = (more: object = {}): ImageEditsCall => writeImageEdits({ ...asked, ...more }, facts)

function operationOf(type: string) {
  const found = (knownProviders[type as ProviderType].adapter as Provider).image_edits
  if (found === undefined) throw new Error(`${type} changes no pictures`)
  return found
}

function sentBy(type: string, call: ImageEditsCall) {
  const step = operationOf(type).answer(call, target).next()
  if (step.done === true || !('send' in step.value)) throw new Error('nothing was sent')
  return step.value.send
}

function answerTo(type: string, told: object) {
  const steps = operationOf(type).answer(callOf(), target)
  steps.next()
  const step = steps.next({ status: 200, headers: {}, body: Buffer.from(JSON.stringify(told)) })
  if (step.done !== true) throw new Error('the answer was not enough')
  return step.value
}
