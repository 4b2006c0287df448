import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createGateway, SpekaError, type Gateway, type OperationName } from '@speka/core/node'
import { mintRequestId, operationNames, operations } from '@speka/core/internal'
import { shippedModels } from '../packages/core/src/catalog/shipped-models.ts'
import { tokensInPrompt } from '../packages/core/src/operations/token-count.ts'
import type { Call } from '../packages/core/src/operations/call.ts'
import { knownProviders } from '../packages/core/src/providers/known-providers.ts'
import type { Provider } from '../packages/core/src/providers/provider.ts'

/**
 * What belongs to an operation besides its row, each with a sentence that says where it was forgotten. Most of it stands in tables
 * that the compiler holds complete; here is what a complete table may still get wrong, and what no type can see.
 */

const root = resolve(import.meta.dirname, '..')
const model = 'speka/sandbox'
const facts = { id: mintRequestId(0), receivedAt: 0 }

/** How each is asked for by code. */
const methods: Readonly<Record<OperationName, keyof Gateway>> = {
  chat: 'chat',
  embeddings: 'embed',
  images: 'generateImages',
  image_edits: 'editImages',
  rerank: 'rerank',
  transcription: 'transcribe',
  translation: 'translate',
  speech: 'speak',
  moderation: 'moderate',
}

/** The least that can be asked of it. */
const leastOf = (name: OperationName) => ({ model, ...operations[name].saying('The sky is blue today.') })

const bodyOf = (name: OperationName) => JSON.stringify(leastOf(name))

describe.each(operationNames)('%s', (name) => {
  const { paths } = operations[name]

  test('has a way to be asked for by code', async () => {
    const method = methods[name]
    if (method === undefined)
      throw new Error(
        `${name} is no call of its own: give Gateway in packages/core/src/gateway.ts a method, and name it here`,
      )
    const ask = createGateway({ config: {} })[method] as (request: object) => Promise<object>
    expect(await ask(leastOf(name))).toMatchObject({ provider: 'sandbox' })
    if (!read('docs/in-process.md').includes(`speka.${method}(`))
      throw new Error(`docs/in-process.md does not show speka.${method}(…), which asks for ${name}`)
  })

  test.each(paths)('is answered by the sandbox: %s', async (path) => {
    const response = await createGateway({ config: {} }).fetch(`http://gateway${path}`, {
      method: 'POST',
      body: bodyOf(name),
    })
    if (!response.ok)
      throw new Error(
        `the sandbox does not answer ${name} (${await response.text()}): see the rows of endpoints in packages/core/src/sandbox/sandbox.ts`,
      )
  })

  test('is an endpoint of the model of the sandbox', () => {
    const endpoints = shippedModels.find(({ id }) => id === model)?.endpoints ?? []
    if (!endpoints.includes(name))
      throw new Error(`${model} is not for ${name}: see its row in packages/core/src/catalog/shipped-models.ts`)
  })

  test('is offered by whoever may have anything: another gateway, what is nearly OpenAI’s, the sandbox', () => {
    const without = (['speka', 'openai-compatible', 'sandbox'] as const).filter(
      (type) => (knownProviders[type].adapter as Provider)[name] === undefined,
    )
    expect(
      without.map(
        (type) =>
          `nobody can ask ${type} for ${name}: give it a member "${name}" in packages/core/src/providers/openai-compatible/openai-compatible.ts`,
      ),
    ).toEqual([])
  })

  test('has words that are counted when a provider tells no usage', () => {
    if (tokensInPrompt(callFor(name)) < 5)
      throw new Error(
        `the words of ${name} count for nothing: name its members in membersRead of packages/core/src/operations/token-count.ts`,
      )
  })

  test('cannot have twice what it is priced by', () => {
    const body = bodyOf(name).slice(0, -1)
    const twice = Object.entries(leastOf(name)).flatMap(([member, value]) => {
      const error = refusalOf(name, `${body},${JSON.stringify(member)}:${JSON.stringify(value)}}`)
      return error?.code === 'duplicate_parameter' ? [] : [member]
    })
    expect(
      twice.map(
        (member) =>
          `${name} takes a second "${member}": name it in the row of ${name} in packages/core/src/wire/decisive-members.ts`,
      ),
    ).toEqual([])
  })

  test('is described where callers look for it', () => {
    const page = read('docs/api.md')
    const untold = paths.filter((path) => !page.includes(`\`POST ${path}\``))
    expect(untold.map((path) => `docs/api.md does not name POST ${path}: give ${name} a row and a section`)).toEqual([])
  })
})

const read = (page: string): string => readFileSync(join(root, page), 'utf8')

const callFor = (name: OperationName): Call => operations[name].write(leastOf(name), facts)

function refusalOf(name: OperationName, body: string): SpekaError | undefined {
  try {
    operations[name].read(Buffer.from(body), facts, {})
    return undefined
  } catch (error) {
    if (SpekaError.is(error)) return error
    throw error
  }
}
