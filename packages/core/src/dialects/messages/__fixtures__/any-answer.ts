import fc from 'fast-check'
import type { Json } from '../../../json.ts'
import { chunk, completion, parsed, usage, usageChunk } from '../../ask-chat.fake.ts'

/** A delta with which a call begins. */
export const begun = (index: number, name: string, given = '', more: object = {}): object => ({
  tool_calls: [{ index, id: `call_${index}`, type: 'function', function: { name, arguments: given }, ...more }],
})

/** One with more of its arguments. */
export const goesOn = (index: number, given: string): object => ({
  tool_calls: [{ index, function: { arguments: given } }],
})

const words = fc.string({
  unit: fc.constantFrom('a', ' ', '"', '\\', '\n', 'é', '\u{1f600}', '}', '\u2028'),
  minLength: 1,
})
const input = fc.dictionary(fc.constantFrom('a', 'b', 'ü'), fc.oneof(words, fc.integer(), fc.constant(null)))
const inPieces = (text: string, cut: number): string[] => {
  const pieces: string[] = []
  for (let at = 0; at < text.length; at += cut) pieces.push(text.slice(at, at + cut))
  return pieces
}

/** What is said, and in which pieces: pieces of several calls may come by turns. */
export const answers = fc.record({
  thought: fc.array(words, { maxLength: 4 }),
  text: fc.array(words, { maxLength: 6 }),
  calls: fc.array(fc.record({ input, cut: fc.integer({ min: 1, max: 9 }) }), { maxLength: 3 }),
  byTurns: fc.boolean(),
})

type AnyAnswer = typeof answers extends fc.Arbitrary<infer Made> ? Made : never

/** The answer as a stream of chat. */
export const chunksOf = ({ thought, text, calls, byTurns }: AnyAnswer): object[] => {
  const queues = calls.map(({ input: given, cut }, index) => [
    chunk(begun(index, 'f')),
    ...inPieces(JSON.stringify(given), cut).map((piece) => chunk(goesOn(index, piece))),
  ])
  const made: object[] = []
  if (byTurns)
    while (queues.some(({ length }) => length > 0)) for (const queue of queues) made.push(...queue.splice(0, 1))
  else made.push(...queues.flat())
  return [
    chunk({ role: 'assistant', content: '' }),
    ...thought.map((piece) => chunk({ reasoning_content: piece })),
    ...text.map((piece) => chunk({ content: piece })),
    ...made,
    chunk({}, calls.length > 0 ? 'tool_calls' : 'stop'),
    usageChunk(usage),
  ]
}

/** The same as a whole completion. */
export const wholeOf = ({ thought, text, calls }: AnyAnswer): Json => {
  const made = calls.map(({ input: given }, index) => ({
    id: `call_${index}`,
    type: 'function',
    function: { name: 'f', arguments: JSON.stringify(given) },
  }))
  const message = {
    content: text.join(''),
    ...(thought.length > 0 && { reasoning_content: thought.join('') }),
    ...(made.length > 0 && { tool_calls: made }),
  }
  return parsed(
    Buffer.from(JSON.stringify(completion(message, made.length > 0 ? 'tool_calls' : 'stop', { usage }))),
  ) as Json
}
