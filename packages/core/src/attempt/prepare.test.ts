import type { Provider } from '../providers/provider.ts'
import type { Target } from '../route/target.ts'
import { mintRequestId } from '../uuid.ts'
import { writeChatCall } from '../operations/chat/chat-call.ts'
import { writeEmbeddingsCall } from '../operations/embeddings/embeddings-call.ts'
import { writeImagesCall } from '../operations/images/images-call.ts'
import { prepare } from './prepare.ts'

const facts = { id: mintRequestId(0), receivedAt: 0 }
const chat = (stream: boolean) =>
  writeChatCall({ model: 'm', messages: [{ role: 'user', content: 'hi' }], stream }, facts)
const calls = {
  chat: chat(false),
  embeddings: writeEmbeddingsCall({ model: 'm', input: 'hi' }, facts),
  images: writeImagesCall({ model: 'm', prompt: 'a cat' }, facts),
}

/** An operation that says what it is asked for. */
const operation = (name: string) => ({
  unsupported: () => [`dropped by ${name}`],
  stream: () => `stream of ${name}`,
  *answer() {
    yield `answer of ${name}`
  },
})

/** A target of a provider that has these operations. */
const target = (operations: object): Target =>
  ({ adapter: { type: 'own', ...operations } as unknown as Provider, entry: {} }) as Target

const all = target({ chat: operation('chat'), embeddings: operation('embeddings'), images: operation('images') })

test.each(['chat', 'embeddings', 'images'] as const)(
  'a call of %s is translated by the operation of that name',
  (name) => {
    const prepared = prepare(calls[name], all)
    expect(prepared.droppedParams).toEqual([`dropped by ${name}`])
    expect(prepared.answer().next().value).toBe(`answer of ${name}`)
  },
)

test('a stream is asked for when the caller wants one, and the target has one', () => {
  expect(prepare(chat(true), all).stream).toBe('stream of chat')
  expect(prepare(chat(false), all).stream).toBeUndefined()
  const { stream: _, ...whole } = operation('chat')
  expect(prepare(chat(true), target({ chat: whole })).stream).toBeUndefined()
})

test('a provider that drops nothing says nothing of it', () => {
  const { unsupported: _, ...takesAll } = operation('chat')
  expect(prepare(chat(true), target({ chat: takesAll })).droppedParams).toEqual([])
})

test.each(['chat', 'embeddings', 'images'] as const)(
  'without an operation for %s the call is a mistake of ours',
  (name) => {
    expect(() => prepare(calls[name], target({}))).toThrow(
      expect.objectContaining({ code: 'internal_error', message: expect.stringContaining(`"own" has no ${name}`) }),
    )
  },
)
