import { AIMessage, HumanMessage, SystemMessage, ToolMessage, type BaseMessage } from '@langchain/core/messages'
import { toChatMessages } from './messages.ts'

const mark = { type: 'ephemeral' }
const v1 = { response_metadata: { output_version: 'v1' as const } }
const text = (more = {}) => ({ type: 'text' as const, text: 'Long.', ...more })
const marked = text({ cache_control: mark })
const image = { type: 'image' as const, url: 'https://example.com/a.png' }

describe('the mark of a prompt cache stays', () => {
  const roles: { role: string; made: (content: never, more?: object) => BaseMessage }[] = [
    { role: 'system', made: (content, more) => new SystemMessage({ content, ...more }) },
    { role: 'user', made: (content, more) => new HumanMessage({ content, ...more }) },
    { role: 'assistant', made: (content, more) => new AIMessage({ content, ...more }) },
    { role: 'tool', made: (content, more) => new ToolMessage({ content, tool_call_id: '1', ...more }) },
  ]
  const places = [
    { where: 'on the block', block: marked },
    { where: 'among its extras', block: text({ extras: { cache_control: mark } }) },
  ]
  const cases = roles.flatMap((role) =>
    places.flatMap((place) => [
      { ...role, ...place, version: 'v0', more: {} },
      { ...role, ...place, version: 'v1', more: v1 },
    ]),
  )

  test.each(cases)('$where, on a lone text of $role in $version', ({ made, block, more }) => {
    expect(toChatMessages([made([block] as never, more)])).toMatchObject([{ content: [marked] }])
  })

  test.each(cases)('$where, on one of several texts of $role in $version', ({ made, block, more }) => {
    expect(toChatMessages([made([text(), block] as never, more)])).toMatchObject([{ content: [text(), marked] }])
  })

  test.each([
    { what: 'an image of today', block: { ...image, cache_control: mark }, more: v1 },
    { what: 'an image with extras', block: { ...image, extras: { cache_control: mark } }, more: v1 },
    {
      what: 'an image of before',
      block: { ...image, source_type: 'url', mime_type: 'image/png', metadata: { cache_control: mark } },
      more: {},
    },
  ])('on $what', ({ block, more }) => {
    const message = new HumanMessage({ content: [text(), block] as never, ...more })
    expect(toChatMessages([message])).toEqual([
      {
        role: 'user',
        content: [text(), { type: 'image_url', image_url: { url: image.url }, cache_control: mark }],
      },
    ])
  })
})

test('what else a text carries keeps it a part', () => {
  const cited = text({ citations: [{ start: 0 }] })
  expect(toChatMessages([new SystemMessage({ content: [cited] as never })])).toEqual([
    { role: 'system', content: [cited] },
  ])
})

test("LangChain's notes on a text do not", () => {
  const noted = text({ index: 0, id: 'b', annotations: [], name: undefined })
  expect(toChatMessages([new AIMessage({ content: [noted] })])).toEqual([{ role: 'assistant', content: 'Long.' }])
})
