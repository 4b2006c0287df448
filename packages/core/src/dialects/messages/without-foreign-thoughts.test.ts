import { parseBody } from '../../wire/parse-body.ts'
import { signatureFor } from './foreign-thought.ts'
import type { MessagesRequest } from './shapes.ts'
import { withoutForeignThoughts } from './without-foreign-thoughts.ts'

function sentOf(text: string): string {
  const body = Buffer.from(text)
  const { value, scan } = parseBody(body)
  const sent = withoutForeignThoughts({ body, scan }, value as unknown as MessagesRequest)
  expect(sent.scan).toEqual(parseBody(sent.body).scan)
  return Buffer.from(sent.body).toString()
}

const foreign = `{"type":"thinking","thinking":"Hm [,]","signature":"${signatureFor({})}"}`
const signed = '{"signature" : "EqQB", "type":"thinking", "thinking":"\\u0048m"}'
const text = '{"type":"text","text":"]}, \\"thinking\\""}'
const request = (turns: string): string => `{ "model":"a", "n": 1e3,\n"messages": [ ${turns} ], "max_tokens": 5.0 }`

test.each([
  [`{"role":"assistant","content":[${foreign}, ${text}]}`, `{"role":"assistant","content":[${text}]}`],
  [
    `{"content":[ ${signed}, ${foreign} ,${text}],"role":"assistant"}`,
    `{"content":[ ${signed}, ${text}],"role":"assistant"}`,
  ],
  [
    `{"role":"assistant","content":[{"type":"thinking","thinking":"Hm","signature":""},${text}]}`,
    `{"role":"assistant","content":[${text}]}`,
  ],
  [
    `{"role":"user","content":"Hi"}, {"role":"assistant","content":[${foreign}]}, {"role":"user","content":"Hi"}`,
    '{"role":"user","content":"Hi"}, {"role":"user","content":"Hi"}',
  ],
])('%s loses what Anthropic has not signed, and keeps its spelling', (turns, left) => {
  expect(sentOf(request(turns))).toBe(request(left))
})

test('a request without such thoughts is the very same', () => {
  const body = Buffer.from(request(`{"role":"assistant","content":[${signed},${text}]}`))
  const { value, scan } = parseBody(body)
  const sent = { body, scan }
  expect(withoutForeignThoughts(sent, value as unknown as MessagesRequest)).toBe(sent)
})
