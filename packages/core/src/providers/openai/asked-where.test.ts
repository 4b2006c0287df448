import { readFileSync } from 'node:fs'
import { isAskedAtResponses, modelFamilies, type ResponsesOnly } from './asked-where.ts'

const tools = [{ type: 'function', function: { name: 'weather' } }]
const effort = (reasoning_effort: string | null) => ({ reasoning_effort })

test.each([
  { model: 'gpt-4.1', request: { tools, ...effort('high') }, at: 'chat' },
  { model: 'gpt-4o-mini-search-preview', request: { tools }, at: 'chat' },
  { model: 'gpt-5', request: { tools, ...effort('high') }, at: 'chat' },
  { model: 'gpt-5-mini-2025-08-07', request: { tools, ...effort('high') }, at: 'chat' },
  { model: 'gpt-5.1', request: { tools, ...effort('high') }, at: 'chat' },
  { model: 'gpt-5.2-chat-latest', request: { tools, ...effort('high') }, at: 'chat' },
  { model: 'gpt-5.3-chat-latest', request: { tools }, at: 'chat' },
  { model: 'gpt-5.6-chat-latest', request: { tools }, at: 'chat' },
  { model: 'gpt-5.4', request: { tools }, at: 'chat' },
  { model: 'gpt-5.4', request: { tools, ...effort(null) }, at: 'chat' },
  { model: 'gpt-5.4', request: { tools, ...effort('none') }, at: 'chat' },
  { model: 'gpt-5.4', request: effort('high'), at: 'chat' },
  { model: 'gpt-5.4-mini', request: { tools, ...effort('low') }, at: 'responses' },
  { model: 'gpt-5.4', request: { tools, reasoning: { effort: 'low' } }, at: 'responses' },
  { model: 'gpt-5.5', request: {}, at: 'chat' },
  { model: 'gpt-5.5', request: { tools: [] }, at: 'chat' },
  { model: 'gpt-5.5', request: { tools: null }, at: 'chat' },
  { model: 'gpt-5.5', request: { tools }, at: 'responses' },
  { model: 'gpt-5.5', request: { tools, ...effort('none') }, at: 'chat' },
  { model: 'gpt-5.6', request: { tools }, at: 'responses' },
  { model: 'gpt-5.6-terra', request: { tools, ...effort('high') }, at: 'responses' },
  { model: 'gpt-5.6-sol', request: { tools, ...effort('none') }, at: 'chat' },
  { model: 'gpt-5.6', request: effort('high'), at: 'chat' },
  { model: 'ft:gpt-5.6:acme::abc', request: { tools }, at: 'responses' },
  { model: 'gpt-6', request: { tools }, at: 'responses' },
  { model: 'gpt-5-codex', request: {}, at: 'responses' },
  { model: 'gpt-5.1-codex-mini', request: {}, at: 'responses' },
  { model: 'gpt-5.3-codex', request: effort('none'), at: 'responses' },
  { model: 'codex-mini-latest', request: {}, at: 'responses' },
  { model: 'gpt-5-pro', request: {}, at: 'responses' },
  { model: 'gpt-5.4-pro-2026-03-05', request: {}, at: 'responses' },
  { model: 'o1-pro', request: {}, at: 'responses' },
  { model: 'o3-pro-2025-06-10', request: {}, at: 'responses' },
  { model: 'o3', request: { tools, ...effort('high') }, at: 'chat' },
  { model: 'o4-mini-deep-research', request: {}, at: 'responses' },
])('$model is asked $request at $at', ({ model, request, at }) => {
  expect(isAskedAtResponses(request, model)).toBe(at === 'responses')
})

test('every family says where that is known from', () => {
  expect(modelFamilies.filter(({ source }) => source.length < 10)).toEqual([])
})

const inWords: Readonly<Record<ResponsesOnly, string>> = {
  always: 'always',
  never: 'never',
  tools: 'with `tools`, unless `reasoning_effort` is `none`',
  tools_and_effort: 'with `tools` and a `reasoning_effort` other than `none`',
}

test('the documentation says which models are asked where', () => {
  const page = readFileSync(new URL('../../../../../docs/providers.md', import.meta.url), 'utf8')
  const written = /<!-- models at responses:[^>]*-->([^]*?)<!-- end -->/.exec(page)?.[1] ?? ''
  const rows = modelFamilies.map(({ names, needs }) => {
    const models = names.map((name) => `\`${name}\``).join(', ')
    return `| ${models} | ${inWords[needs]} |`
  })
  const table = ['| models | asked at `/v1/responses` |', '| --- | --- |', ...rows].join('\n')
  if (plain(written) !== plain(table)) throw new Error(`docs/providers.md should say:\n\n${table}\n`)
})

/** Formatting pads the cells of a table. */
const plain = (text: string): string => text.replaceAll(/-{3,}/g, '---').replaceAll(/\s+/g, ' ').trim()
