import fc from 'fast-check'
import { join, splice } from '../../bytes/splice.ts'
import { readChatAnswer } from './chat-answer.ts'

const target = { model: 'm', upstreamModel: 'm' }
const name = { id: 'chatcmpl-1', created: 1 }
const head = '{"id":"a","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"logprobs":null,'
const end = ',"finish_reason":"stop"}]}'

/** What is changed in any message. */
const MENDED = ['reasoning', 'tool_calls', 'function_call', 'annotations', 'refusal']

/** The answer to an upstream's body, as text. */
const answerTo = (text: string): string => {
  const { body, edits } = readChatAnswer({ status: 200, headers: {}, body: Buffer.from(text) }, target, name)
  return join(splice(body, edits)).toString()
}

test('a message that lacks only a null keeps its spelling', () => {
  const answer = answerTo(`${head}"message" : { "role":"assistant", "content":"a\\u0062 \\"message\\"" }${end}`)
  expect(answer).toBe(
    `${head}"message" : { "refusal":null,"role":"assistant", "content":"a\\u0062 \\"message\\"" }${end}`,
  )
})

test('a message that lacks nothing is passed on as it came', () => {
  const whole = `${head}"message":{"role":"assistant","content":null,"refusal":null}${end}`
  expect(answerTo(whole)).toBe(whole)
})

test.each([
  ['is empty', '"message":{}'],
  ['has a message in it', '"message":{"role":"assistant","message":{"a":1}}'],
  ['has a name with an escape', '"m\\u0065ssage":{"role":"assistant","content":"x"}'],
])('a message that %s is completed all the same', (_, member) => {
  const { choices } = JSON.parse(answerTo(head + member + end)) as { choices: { message: object }[] }
  expect(choices[0]?.message).toMatchObject({ role: 'assistant', refusal: null })
})

test('a message that is missing is completed where it was withheld', () => {
  const { choices } = JSON.parse(answerTo(`${head}"delta":1,"finish_reason":"content_filter"}]}`)) as {
    choices: { message: object }[]
  }
  expect(choices[0]?.message).toMatchObject({ role: 'assistant', content: null, refusal: null })
})

test('whatever else is in a message stays', () => {
  const key = fc.oneof(fc.constantFrom('message', 'content', 'choices', 'name'), fc.string())
  const value = fc.oneof(fc.constantFrom('message', '"message":{'), fc.jsonValue({ maxDepth: 2 }))
  fc.assert(
    fc.property(fc.dictionary(key, value), fc.string(), (more, content) => {
      const others = Object.fromEntries(Object.entries(more).filter(([field]) => !MENDED.includes(field)))
      const message = JSON.stringify({ ...others, role: 'assistant', content })
      const { choices } = JSON.parse(answerTo(`${head}"message":${message}${end}`)) as {
        choices: { message: object }[]
      }
      // As it was said: JSON knows no -0, for one.
      expect(choices[0]?.message).toEqual({ ...(JSON.parse(message) as object), refusal: null })
    }),
  )
})
