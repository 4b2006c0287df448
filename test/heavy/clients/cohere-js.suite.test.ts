import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describeRankingClient } from '../../compatibility/ranking-clients.ts'
import { npmFolder } from '../../support/npm-folder.ts'
import { strangersEnvironment } from '../../support/pack-packages.ts'
import { runProgram } from '../../support/run-program.ts'
import { startApp, type StartedApp } from '../../support/start-app.ts'

/** Cohere's own SDK, and LangChain's reranker on top of it, as they are published. */
const packages = ['cohere-ai@7.21.0', '@langchain/cohere@1.0.5', '@langchain/core@1.1.42']

/** The versions that are installed for it. */
const versionsOf = (...names: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    names.map((name) => [name, packages.find((wanted) => wanted.startsWith(`${name}@`))?.slice(name.length + 1) ?? '']),
  )

const query = 'Which river is the longest?'
const documents = ['The Amazon carries the most water.', 'The longest river is the Nile.', 'Mountains are high.']

/** Run in the folder where the packages are. Prints what each call came to, as JSON. */
const program = `
import { CohereClient, CohereClientV2 } from 'cohere-ai'
import { CohereRerank } from '@langchain/cohere'
import { Document } from '@langchain/core/documents'

const { environment, token, query, documents } = JSON.parse(process.env.ASKED)
const model = 'speka/sandbox'
const client = new CohereClient({ environment, token })
const newer = new CohereClientV2({ environment, token, maxRetries: 0 })
const reranker = new CohereRerank({ client, model, topN: 2 })

console.log(JSON.stringify({
  v1: await client.rerank({ model, query, documents: documents.map((text) => ({ text })), topN: 2, returnDocuments: true }),
  v2: await newer.rerank({ model, query, documents }),
  best: await newer.rerank({ model, query, documents, topN: 1 }),
  refused: await newer.rerank({ model, query, documents: [] }).catch(({ statusCode, body }) => ({ statusCode, body })),
  langchain: await reranker.compressDocuments(documents.map((pageContent) => new Document({ pageContent })), query),
  scores: await reranker.rerank(documents, query),
  refusedInLangChain: await new CohereRerank({ client, model: 'nobody/has-this', maxRetries: 0 })
    .rerank(documents, query)
    .catch(({ statusCode, body }) => ({ statusCode, body })),
}))
`

interface Ranked {
  readonly results: { index: number; relevanceScore: number; document?: { text: string } }[]
  readonly meta: { billedUnits: { searchUnits: number } }
}

interface Printed {
  readonly v1: Ranked
  readonly v2: Ranked
  readonly best: Ranked
  readonly refused: { statusCode: number; body: unknown }
  readonly langchain: { pageContent: string; metadata: { relevanceScore: number } }[]
  readonly scores: { index: number; relevanceScore: number }[]
  readonly refusedInLangChain: { statusCode: number }
}

let app: StartedApp
let printed: Promise<Printed>

/** What the program prints: it runs once. */
const ranked = (): Promise<Printed> => printed

beforeAll(async () => {
  app = await startApp()
  printed = runThere()
  await printed
})

async function runThere(): Promise<Printed> {
  const folder = await npmFolder('cohere-js', packages)
  await writeFile(join(folder, 'rank.mjs'), program)
  const asked = JSON.stringify({ environment: app.origin, token: app.liveKey, query, documents })
  const { code, stdout, stderr } = await runProgram(process.execPath, ['rank.mjs'], {
    cwd: folder,
    env: strangersEnvironment({ ASKED: asked }),
  })
  if (code !== 0) throw new Error(stderr)
  return JSON.parse(stdout) as Printed
}

afterAll(() => app?.close())

describeRankingClient('cohere-js', versionsOf('cohere-ai'), ({ works }) => {
  works('results', async () => {
    const { results } = (await ranked()).v2
    expect(results.map(({ index }) => index)).toEqual([1, 0, 2])
    expect(results[0]?.relevanceScore).toBeGreaterThan(0.5)
  })

  works('documents', 'with `returnDocuments`, which `/v1/rerank` has', async () => {
    expect((await ranked()).v1.results[0]).toMatchObject({ index: 1, document: { text: documents[1] } })
  })

  works('top', async () => {
    expect((await ranked()).best.results).toEqual([{ index: 1, relevanceScore: expect.any(Number) }])
  })

  works('older', 'with `CohereClient`', async () => {
    expect((await ranked()).v1).toMatchObject({
      results: [{ index: 1 }, { index: 0 }],
      meta: { billedUnits: { searchUnits: 1 } },
    })
  })

  works('error', async () => {
    expect((await ranked()).refused).toMatchObject({ statusCode: 400, body: { error: { param: 'documents' } } })
  })
})

describeRankingClient('langchain-cohere-js', versionsOf('@langchain/cohere', 'cohere-ai'), ({ works, lacks }) => {
  works('results', 'with `rerank()`', async () => {
    expect((await ranked()).scores.map(({ index }) => index)).toEqual([1, 0])
  })

  works('documents', 'with `compressDocuments()`', async () => {
    const { langchain } = await ranked()
    expect(langchain.map(({ pageContent }) => pageContent)).toEqual([documents[1], documents[0]])
    expect(langchain[0]?.metadata.relevanceScore).toBeGreaterThan(0.5)
  })

  works('top', 'with `topN`', async () => {
    expect((await ranked()).langchain).toHaveLength(2)
  })

  lacks(['older'], 'it takes the client that it is given')

  works('error', 'as the error of `cohere-ai`', async () => {
    expect((await ranked()).refusedInLangChain).toMatchObject({ statusCode: 404 })
  })
})
