import { coresIn } from '../../bench/processes/cores.ts'
import { coreIn, shareBetween } from '../../bench/measure/core-usage.ts'
import { usageIn } from '../../bench/measure/process-usage.ts'
import { DueTimes } from '../../bench/load/due-times.ts'
import { plan } from '../../bench/load/plan.ts'
import { promptText } from '../../bench/load/prompt-text.ts'
import { requestBytes } from '../../bench/load/request-bytes.ts'
import { dueContent } from '../../bench/upstream/answers.ts'
import { RequestCutter } from '../../bench/upstream/request-cutter.ts'

const ask = { model: 'mock-small', stream: false, prompt: { kind: 'code', bytes: 10_000 } } as const

test.each(['prose', 'code'] as const)('a prompt of %s takes the bytes it names', (kind) => {
  expect(Buffer.byteLength(JSON.stringify(promptText({ kind, bytes: 12_345 }))) - 2).toBe(12_345)
})

test('code is full of what JSON escapes, prose is not', () => {
  expect(escapesIn(promptText({ kind: 'prose', bytes: 10_000 }))).toBe(0)
  expect(escapesIn(promptText({ kind: 'code', bytes: 10_000 }))).toBeGreaterThan(500)
})

test('the upstream finds the model of a request, wherever it is cut', () => {
  const request = requestBytes({ port: 1, headers: { authorization: 'Bearer key' } }, ask)
  const models: string[] = []
  const cutter = new RequestCutter((model) => models.push(model))
  cutter.read(request)
  const headEnd = request.indexOf('\r\n\r\n')
  for (const cut of [10, headEnd + 1, headEnd + 4, request.length - 1]) {
    cutter.read(request.subarray(0, cut))
    cutter.read(request.subarray(cut))
  }
  expect(models).toEqual(Array.from({ length: 5 }, () => 'mock-small'))
  expect(request.length - headEnd - 4).toBe(10_000)
})

test("the upstream finds a model in Gemini's path, and where the path names none", () => {
  const models: string[] = []
  const cutter = new RequestCutter((model) => models.push(model))
  const ask = (path: string, body: string): void =>
    cutter.read(Buffer.from(`POST ${path} HTTP/1.1\r\ncontent-length: ${body.length}\r\n\r\n${body}`))
  ask('/v1beta/models/mock-gemini-200:streamGenerateContent?alt=sse', '{"contents":[]}')
  ask('/v1/messages', '{"model":"mock-anthropic-200"}')
  expect(models).toEqual(['mock-gemini-200', 'mock-anthropic-200'])
})

test.each([undefined, { order: ['provider-7'] }, { sort: 'price' }, { sort: 'throughput' }])(
  'a route among twenty targets is planned with the preferences %j',
  (preferences) => {
    expect(plan({ kind: 'plan', preferences })).toEqual({ errors: 0, errorWords: [], decision: expect.any(Number) })
  },
)

test('the times chunks were due are found, wherever they are cut', () => {
  const text = [12, 3_456_789].map((due) => `data: {"content":"${dueContent(due)}"}\n\n`).join('')
  for (let cut = 1; cut < text.length; cut += 1) {
    const found: number[] = []
    const times = new DueTimes((due) => found.push(due))
    times.read(Buffer.from(text.slice(0, cut)))
    times.read(Buffer.from(text.slice(cut)))
    expect({ cut, found }).toEqual({ cut, found: [12, 3_456_789] })
  }
})

test('what a process used is read past a name with spaces and brackets', () => {
  const after = [
    'S',
    ...Array.from({ length: 10 }, () => '0'),
    '250',
    '50',
    ...Array.from({ length: 8 }, () => '0'),
    '7',
  ]
  expect(usageIn(`42 (node (a) b) ${after.join(' ')} 0`, 100, 4096)).toEqual({ cpuSeconds: 3, rssBytes: 7 * 4096 })
})

test('the share of a core that programs had leaves interrupts and waiting out', () => {
  const before = coreIn('cpu  9 9 9\ncpu0 10 0 10 80 0 0 0 0 0 0\ncpu1 1 1 1 1 1 1 1 1 0 0\n', 0)
  const after = coreIn('cpu0 30 0 20 140 0 5 5 0 0 0\n', 0)
  expect(shareBetween(before, after)).toBeCloseTo(0.3)
})

test.each([
  { list: '0-2,5', cores: [0, 1, 2, 5] },
  { list: '3', cores: [3] },
  { list: '', cores: [] },
])('the list of cores "$list" is read', ({ list, cores }) => {
  expect(coresIn(list)).toEqual(cores)
})

const escapesIn = (text: string): number => JSON.stringify(text).split('\\').length - 1
