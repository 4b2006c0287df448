import { goOnWith, previousIn } from './go-on-with.ts'

const conversation = (input: string, output: unknown[] = [{ type: 'message', role: 'assistant', content: 'Hi' }]) => ({
  input: Buffer.from(input),
  response: Buffer.from(JSON.stringify({ id: 'resp_1', output })),
})

const said = (content: string, role = 'user') => ({ role, content })
const answered = { type: 'message', ...said('Hi', 'assistant') }

test.each([
  ['{"previous_response_id":"resp_1","input":"a"}', 'resp_1'],
  ['{"previous_response_id":"resp_1","previous_response_id":"resp_2"}', 'resp_2'],
  ['{"input":{"previous_response_id":"resp_1"}}', undefined],
  ['{"previous_response_id":null}', undefined],
  ['{"previous_response_id":["resp_1"]}', undefined],
  ['{"input":"a"}', undefined],
  ['{"previous_response_id":"resp_1"', undefined],
  ['{"previous_response_id":"\\q"}', undefined],
  ['["previous_response_id"]', undefined],
])('%s goes on with %s', (body, id) => {
  expect(previousIn(Buffer.from(body))).toBe(id)
})

test.each([
  ['a text', '"One"', '"Two"', [said('One'), answered, said('Two')]],
  [
    'a list',
    '[{"role":"user","content":"One"}]',
    ' [ {"role":"user","content":"Two"}\n] ',
    [said('One'), answered, said('Two')],
  ],
  ['an empty list', '[ ]', '[]', [answered]],
  ['what needs escapes', JSON.stringify('"\\\u2028'), '"é\\n"', [said('"\\\u2028'), answered, said('é\n')]],
])('%s is put behind the conversation before it', (_, before, input, whole) => {
  const body = `{ "model": "m", "previous_response_id": "resp_1", "input": ${input}, "store": true }`
  expect(JSON.parse(goOnWith(Buffer.from(body), conversation(before)).toString())).toEqual({
    model: 'm',
    input: whole,
    store: true,
  })
})

test('an answer without items adds none', () => {
  const body = Buffer.from('{"input":"Two","previous_response_id":"resp_1"}')
  expect(JSON.parse(goOnWith(body, conversation('"One"', [])).toString())).toEqual({
    input: [said('One'), said('Two')],
  })
})

test.each(['{"previous_response_id":"resp_1"}', '{"input":5}', '{"input":null}', '{"input":{}}', '[]', '{'])(
  'a body that tells nothing is left as it is, to be refused: %s',
  (body) => {
    expect(goOnWith(Buffer.from(body), conversation('"One"')).toString()).toBe(body)
  },
)
