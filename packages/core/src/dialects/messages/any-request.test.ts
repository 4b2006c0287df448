import fc from 'fast-check'
import { isRecord, type Json } from '../../json.ts'
import type { ChatExtras } from '../../operations/chat/chat-extras.ts'
import type { ChatMessage, ChatRequest } from '../../operations/chat/chat.ts'
import { bytes, facts, parsed } from '../ask-chat.fake.ts'
import { isForeignThought, signatureFor } from './foreign-thought.ts'
import { readMessages } from './messages.ts'

const mark = fc.option(fc.constant({ cache_control: { type: 'ephemeral' } }), { nil: {} })
const marked = (block: fc.Arbitrary<object>): fc.Arbitrary<object> =>
  fc.tuple(block, mark).map(([made, more]) => ({ ...made, ...more }))

const text = marked(fc.record({ type: fc.constant('text'), text: fc.string({ minLength: 1, unit: 'grapheme' }) }))
const picture = fc.constant({
  type: 'image',
  source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' },
})
const pdf = fc.constant({ type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBE' } })
const said = fc.oneof(text, picture, pdf)
const thought = fc.constantFrom(
  { type: 'thinking', thinking: 'Hm.', signature: 'EqQB' },
  { type: 'thinking', thinking: 'Hm.', signature: '' },
  { type: 'thinking', thinking: 'Hm.', signature: signatureFor({}) },
  {
    type: 'thinking',
    thinking: '',
    signature: signatureFor({ reasoning_details: [{ type: 'reasoning.encrypted', data: 'g' }] }),
  },
  { type: 'redacted_thinking', data: 'EmwK' },
)
const name = fc.constantFrom('f', 'g', `mcp__${'f'.repeat(90)}`, `mcp__${'f'.repeat(89)}g`)

/** A round: what the user says, what the model says and calls, and what the tools give. */
const round = fc.record({
  asked: fc.array(said, { minLength: 1, maxLength: 3 }),
  thoughts: fc.array(thought, { maxLength: 2 }),
  words: fc.array(text, { maxLength: 2 }),
  calls: fc.array(fc.record({ name, given: fc.array(said, { maxLength: 2 }), failed: fc.boolean() }), { maxLength: 3 }),
})

const request = fc.array(round, { minLength: 1, maxLength: 3 }).map((rounds) => {
  const messages: object[] = []
  for (const [at, { asked, thoughts, words, calls }] of rounds.entries()) {
    const id = (index: number): string => `toolu_${at}_${index}`
    const made = calls.map((call, index) => ({ type: 'tool_use', id: id(index), name: call.name, input: { a: at } }))
    const results = calls.map(({ given, failed }, index) => ({
      type: 'tool_result',
      tool_use_id: id(index),
      content: given,
      is_error: failed,
    }))
    messages.push({ role: 'user', content: asked })
    messages.push({ role: 'assistant', content: [...thoughts, ...words, ...made] })
    if (results.length > 0) messages.push({ role: 'user', content: results })
  }
  const tools = ['f', 'g'].map((tool) => ({ name: tool, input_schema: { type: 'object' } }))
  return { model: 'a', max_tokens: 9, messages: [...messages, { role: 'user', content: 'Go on.' }], tools }
})

const every: ChatExtras = {
  cacheMarks: true,
  resultParts: true,
  madePictures: true,
  thoughts: ['reasoning_content', 'reasoning_details', 'thinking_blocks', 'extra_content', 'phase'],
  prefill: 'as_it_is',
}

/** The rules that upstreams refuse a conversation by. */
function check(messages: readonly ChatMessage[]): void {
  let open: string[] = []
  for (const { role, tool_calls: calls = [], tool_call_id: id, content } of messages) {
    if (role === 'tool') {
      expect(open).toContain(id)
      open = open.filter((other) => other !== id)
    } else {
      expect(open).toEqual([])
      open = calls.map((call) => call.id)
    }
    for (const call of calls) expect(call.function.name).toMatch(/^[\w-]{1,64}$/)
    if (calls.length === 0 && role !== 'tool') expect(content?.length ?? 0).toBeGreaterThan(0)
  }
  expect(open).toEqual([])
}

const count = (whole: string, part: string): number => whole.split(part).length - 1

const wordsIn = (value: unknown): string[] => {
  if (Array.isArray(value)) return value.flatMap(wordsIn)
  if (!isRecord(value)) return []
  const { type, text: words, content } = value
  return [...(type === 'text' && typeof words === 'string' ? [words] : []), ...wordsIn(content)]
}

test('whatever is asked, chat is asked what upstreams take, and no word and no picture is lost', () => {
  fc.assert(
    fc.property(request, (asked) => {
      const { call } = readMessages(bytes(asked), facts)
      const rich = call.fitted?.(call, every) ?? call
      for (const { body } of [call, rich]) {
        const chat = parsed(body) as ChatRequest
        check(chat.messages)
        const json = JSON.stringify(chat.messages)
        for (const words of wordsIn(asked.messages)) expect(json).toContain(JSON.stringify(words).slice(1, -1))
        for (const data of ['iVBORw0KGgo=', 'JVBE'])
          expect(count(json, data)).toBe(count(JSON.stringify(asked.messages), data))
      }
      expect(String(call.body)).not.toMatch(/cache_control|EqQB|EmwK|reasoning/)
      expect(call.leftOut?.includes('messages.cache_control')).toBe(JSON.stringify(asked).includes('cache_control'))
      expect(rich.leftOut ?? []).not.toContain('messages.cache_control')
    }),
  )
})

test('whatever is asked, Anthropic gets all of it but thoughts of others', () => {
  fc.assert(
    fc.property(request, (asked) => {
      const { call } = readMessages(bytes(asked), facts)
      const sent = parsed(call.native?.body ?? Buffer.alloc(0)) as { messages: { content: unknown }[] }
      const kept = asked.messages.flatMap((turn) => {
        const { content } = turn as { content: unknown }
        if (!Array.isArray(content)) return [turn]
        const own = (content as Json[]).filter((block) => !isForeignThought(block))
        return own.length === 0 && content.length > 0 ? [] : [{ ...turn, content: own }]
      })
      expect(sent).toEqual({ ...asked, messages: kept })
      const lost = JSON.stringify(kept) !== JSON.stringify(asked.messages)
      expect(call.native?.leftOut ?? []).toEqual(lost ? ['messages.thinking'] : [])
    }),
  )
})
