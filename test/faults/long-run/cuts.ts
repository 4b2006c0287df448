import OpenAI from 'openai'
import { randomFrom } from '../../support/random-from.ts'
import {
  completion,
  delta,
  event,
  headOf,
  streamEnd,
  streamHead,
  type SeenRequest,
  type Step,
} from '../../support/scripted-upstream.ts'
import { arrived, bytesOf, role } from '../scripts.ts'
import { told, type Figure } from './figure.ts'
import type { Options } from './options.ts'
import { openStage, repeat, type Stage } from './stage.ts'

/** What stands behind the target whose answer is cut: nothing, another that answers, another that goes on where it stopped. */
const PLANS = ['alone', 'backed', 'continued'] as const
type Plan = (typeof PLANS)[number]

/** One answer and what becomes of it. */
interface Accident {
  readonly plan: Plan
  readonly streamed: boolean
  /** The whole response, from the status line to the last byte. */
  readonly bytes: Buffer
  /** So much of it arrives. */
  readonly cut: number
  /** From here on the answer is finished: the words and why they end are there. */
  readonly finishedAt: number
  readonly text: string
  readonly fault: readonly Step[]
  readonly what: string
}

const AT_ONCE = 32

/** Cuts answers off at random, and looks whether the official SDK takes one for whole that is not. */
export async function cuts({ cuts: times, seed }: Options, say: (text: string) => void): Promise<Figure[]> {
  const stage = await openStage(
    { 'alone/*': ['faulty'], 'backed/*': ['faulty', 'well'], 'continued/*': ['faulty', 'well'] },
    {
      timeouts: { first_token_ms: 400, idle_ms: 400, total_ms: 8000 },
      routing: { max_attempts: 2 },
    },
  )
  const random = randomFrom(seed)
  const passedOff: string[] = []
  const counts = { whole: 0, cut: 0, rescued: 0, refused: 0 }
  try {
    await repeat(
      times,
      AT_ONCE,
      async (index) => {
        const accident = makeAccident(random)
        const seen = await ask(stage, accident, `${accident.plan}/${index}`)
        const isWhole = accident.cut >= accident.finishedAt
        const ownWords = seen.text === accident.text && (isWhole || accident.plan === 'continued')
        const others = accident.plan === 'backed' && seen.text === 'Hello'
        counts[isWhole ? 'whole' : 'cut'] += 1
        if (seen.success && !ownWords && !others)
          passedOff.push(`${index}: ${accident.what}, "${seen.text.slice(-40)}"`)
        else if (seen.success && !isWhole) counts.rescued += 1
        else if (!seen.success && isWhole) counts.refused += 1
      },
      (done) => {
        if (done % 500 === 0 || done === times) say(`${done} of ${times} cuts`)
      },
    )
  } finally {
    await stage.close()
  }
  for (const line of passedOff.slice(0, 20)) say(`passed off as whole: ${line}`)
  return [
    {
      name: 'cuts presented as success',
      value: `${passedOff.length} of ${counts.cut}`,
      wanted: '0',
      reached: passedOff.length === 0,
    },
    told('  of those answered by another target', String(counts.rescued)),
    told('  cut behind their finish', String(counts.whole)),
    told('    and taken for broken all the same', String(counts.refused)),
  ]
}

function makeAccident(random: () => number): Accident {
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item
  const plan = pick(PLANS)
  const streamed = random() < 0.7
  const words = Array.from({ length: 1 + Math.floor(random() * 60) }, (_, at) => `w${at} `)
  const whole = streamed ? streamOf(words, pick(['chunked', 'closing'])) : jsonOf(words, pick(['length', 'closing']))
  const anywhere = Math.floor(random() * (whole.bytes.length + 1))
  // Between two events a cut is the hardest to notice.
  const between = streamed && random() < 0.3
  const cut = between ? endOfEvent(whole.bytes, anywhere) : anywhere
  const [name, fault] = pick(FAULTS)
  return {
    plan,
    streamed,
    ...whole,
    cut,
    text: words.join(''),
    fault: fault(random),
    what: `${plan}, ${streamed ? 'stream' : 'JSON'} of ${words.length} words, ${name} after ${cut} of ${whole.bytes.length} bytes`,
  }
}

const FAULTS: readonly (readonly [name: string, fault: (random: () => number) => readonly Step[]])[] = [
  ['closed', () => ['end']],
  ['closed', () => ['end']],
  ['closed', () => ['end']],
  ['reset', () => ['reset']],
  ['reset', () => ['reset']],
  ['reset', () => ['reset']],
  ['silent', () => ['hang']],
  ['garbage', (random) => [{ write: garbage(random) }, arrived, 'end']],
  ['the last chunk', () => [{ write: '0\r\n\r\n' }, arrived, 'end']],
]

/** The first place behind `from` where an event has just ended, and its HTTP chunk with it. */
function endOfEvent(bytes: Buffer, from: number): number {
  const end = bytes.indexOf('\n\n', from)
  if (end === -1) return bytes.length
  return bytes.indexOf('\r\n', end) === end + 2 ? end + 4 : end + 2
}

const garbage = (random: () => number): Buffer =>
  Buffer.from(Array.from({ length: 1 + Math.floor(random() * 200) }, () => Math.floor(random() * 256)))

type Whole = Pick<Accident, 'bytes' | 'finishedAt'>

/** Events without the lengths of their HTTP chunks. */
const plain = (steps: readonly Step[]): string =>
  bytesOf(steps)
    .toString()
    .replace(/(^|\r\n)[\da-f]+\r\n/g, '')
    .replace(/\r\n$/, '')

function streamOf(words: readonly string[], framing: string): Whole {
  const [finish, ...rest] = streamEnd({ input: 10, output: words.length })
  const before = [streamHead, role, ...words.map((word) => event(delta(word)))]
  const last = finish === undefined ? [] : [finish]
  if (framing === 'chunked') {
    const finishEnds = bytesOf([...before, ...last]).length
    // Behind the closing brace nothing but line ends is missing.
    return { bytes: bytesOf([...before, ...last, ...rest]), finishedAt: finishEnds - 4 }
  }
  const head = headOf(200, { 'content-type': 'text/event-stream', connection: 'close' })
  const body = plain([...before.slice(1), ...last])
  return {
    bytes: Buffer.from(head + body + plain(rest.slice(0, -1))),
    finishedAt: Buffer.byteLength(head + body) - 2,
  }
}

function jsonOf(words: readonly string[], framing: string): Whole {
  const body = JSON.stringify(completion(words.join(''), { input: 10, output: words.length }))
  const ends = framing === 'length' ? { 'content-length': `${Buffer.byteLength(body)}` } : { connection: 'close' }
  const bytes = Buffer.from(headOf(200, { 'content-type': 'application/json', ...ends }) + body)
  return { bytes, finishedAt: bytes.length }
}

interface Seen {
  readonly success: boolean
  readonly text: string
}

async function ask({ gateway, faulty, well }: Stage, accident: Accident, model: string): Promise<Seen> {
  const { plan, streamed, bytes, cut, fault, text: whole } = accident
  faulty.on(model, [{ write: bytes.subarray(0, cut) }, arrived, ...fault])
  if (plan === 'continued') well.on(model, goesOn(whole))
  const client = new OpenAI({ baseURL: gateway.baseURL, apiKey: gateway.key, maxRetries: 0 })
  const request = {
    model,
    messages: [{ role: 'user' as const, content: 'Hello!' }],
    ...(plan === 'continued' && { provider: { continue: true } }),
  }
  let text = ''
  try {
    if (!streamed) {
      const headers = { 'x-speka-timeout-ms': '1500' }
      const answer = await client.chat.completions.create(request, { headers })
      return { success: true, text: answer.choices[0]?.message.content ?? '' }
    }
    for await (const { choices } of await client.chat.completions.create({ ...request, stream: true }))
      text += choices[0]?.delta.content ?? ''
    return { success: true, text }
  } catch {
    return { success: false, text }
  }
}

/** Says what is left to say behind what it is told was said. */
const goesOn =
  (whole: string) =>
  ({ body }: SeenRequest): Step[] => {
    const { messages, stream } = JSON.parse(body) as { messages: { role: string; content: string }[]; stream?: boolean }
    const said = messages.findLast((message) => message.role === 'assistant')?.content ?? ''
    const left = whole.slice(said.length)
    if (stream !== true) return [{ write: jsonOf([left], 'length').bytes }]
    return [streamHead, role, event(delta(left)), ...streamEnd()]
  }
