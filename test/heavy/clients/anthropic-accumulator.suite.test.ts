import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { streamOf } from '../../../packages/core/src/dialects/ask-chat.fake.ts'
import { answers, chunksOf, wholeOf } from '../../../packages/core/src/dialects/messages/__fixtures__/any-answer.ts'
import { MessageStream } from '../../../packages/core/src/dialects/messages/message-stream.ts'
import { ToolNames } from '../../../packages/core/src/dialects/messages/tool-names.ts'
import { wholeMessage } from '../../../packages/core/src/dialects/messages/whole-message.ts'
import { npmFolder } from '../../support/npm-folder.ts'
import { strangersEnvironment } from '../../support/pack-packages.ts'
import { runProgram } from '../../support/run-program.ts'

/** Puts streams together as programs do, and prints what each comes to. No network: the streams are in a file. */
const program = `
import { readFileSync } from 'node:fs'
import Anthropic from '@anthropic-ai/sdk'

const messages = []
for (const events of JSON.parse(readFileSync('streams.json', 'utf8'))) {
  const fetch = async () => new Response(Buffer.from(events, 'base64'), { headers: { 'content-type': 'text/event-stream' } })
  const client = new Anthropic({ apiKey: 'unused', fetch })
  const asked = { model: 'a', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] }
  const { id, model, content, stop_reason, stop_sequence, usage } = await client.messages.stream(asked).finalMessage()
  messages.push({ id, model, content, stop_reason, stop_sequence, usage })
}
console.log(JSON.stringify(messages))
`

const head = { id: 'msg_1', model: 'a', stops: [], promptTokens: 10, names: new ToolNames([]) }

test("Anthropic's own SDK makes of any stream what the whole answer says", async () => {
  const samples = fc.sample(answers, { numRuns: 300, seed: 1 })
  const streams = samples.map((answer) => new MessageStream(head).push(streamOf(chunksOf(answer))))
  const folder = await npmFolder('anthropic-accumulator', ['@anthropic-ai/sdk@1.14.0'])
  await writeFile(
    join(folder, 'streams.json'),
    JSON.stringify(streams.map((each) => Buffer.from(each).toString('base64'))),
  )
  await writeFile(join(folder, 'accumulate.mjs'), program)
  const { code, stdout, stderr } = await runProgram(process.execPath, ['accumulate.mjs'], {
    cwd: folder,
    env: strangersEnvironment(),
  })
  expect({ code, stderr }).toMatchObject({ code: 0 })
  const told = JSON.parse(stdout) as { content: object[]; usage: object }[]
  for (const [index, answer] of samples.entries()) {
    const { id, model, content, stop_reason, stop_sequence, usage } = wholeMessage(wholeOf(answer), head)
    // The SDK takes from the end the counts that it knows, and nothing else.
    const { cost: _cost, cost_details: _details, ...counts } = usage
    expect(told[index]).toMatchObject({ id, model, content, stop_reason, stop_sequence, usage: counts })
    expect(told[index]?.content).toHaveLength(content.length)
  }
})
