import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { strangersEnvironment } from '../../support/pack-packages.ts'
import { cacheFolder } from '../../support/python/virtual-environment.ts'
import { runProgram } from '../../support/run-program.ts'
import { startApp, type StartedApp } from '../../support/start-app.ts'

/** Cohere's own SDK, and LangChain's reranker on top of it, as they are published. */
const packages = ['cohere-ai@7.21.0', '@langchain/cohere@1.0.5', '@langchain/core@1.1.42']

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
  v2: await newer.rerank({ model, query, documents, topN: 1 }),
  refused: await newer.rerank({ model, query, documents: [] }).catch(({ statusCode, body }) => ({ statusCode, body })),
  langchain: await reranker.compressDocuments(documents.map((pageContent) => new Document({ pageContent })), query),
  scores: await reranker.rerank(documents, query),
}))
`

interface Ranked {
  readonly results: { index: number; relevanceScore: number; document?: { text: string } }[]
  readonly meta: { billedUnits: { searchUnits: number } }
}

interface Printed {
  readonly v1: Ranked
  readonly v2: Ranked
  readonly refused: { statusCode: number; body: unknown }
  readonly langchain: { pageContent: string; metadata: { relevanceScore: number } }[]
  readonly scores: { index: number; relevanceScore: number }[]
}

let app: StartedApp
let printed: Printed

beforeAll(async () => {
  app = await startApp()
  const folder = await folderWith(packages)
  await writeFile(join(folder, 'rank.mjs'), program)
  const asked = JSON.stringify({ environment: app.origin, token: app.liveKey, query, documents })
  const { code, stdout, stderr } = await runProgram(process.execPath, ['rank.mjs'], {
    cwd: folder,
    env: strangersEnvironment({ ASKED: asked }),
  })
  if (code !== 0) throw new Error(stderr)
  printed = JSON.parse(stdout) as Printed
})

afterAll(() => app?.close())

test("Cohere's SDK ranks in the older way, and gets its documents back", () => {
  expect(printed.v1).toMatchObject({
    results: [{ index: 1, document: { text: documents[1] } }, { index: 0 }],
    meta: { billedUnits: { searchUnits: 1 } },
  })
})

test("Cohere's SDK ranks in the newer way", () => {
  expect(printed.v2.results).toEqual([{ index: 1, relevanceScore: expect.any(Number) }])
})

test("Cohere's SDK raises what is refused, with its status and words", () => {
  expect(printed.refused).toMatchObject({ statusCode: 400, body: { error: { param: 'documents' } } })
})

test("LangChain's CohereRerank keeps the best documents, with their scores", () => {
  expect(printed.langchain.map(({ pageContent }) => pageContent)).toEqual([documents[1], documents[0]])
  expect(printed.langchain[0]?.metadata.relevanceScore).toBeGreaterThan(0.5)
  expect(printed.scores.map(({ index }) => index)).toEqual([1, 0])
})

/** A folder with just these packages, made once and kept in the cache. */
async function folderWith(wanted: readonly string[]): Promise<string> {
  const folder = join(cacheFolder, 'cohere-js', wanted.join('+').replaceAll('/', '-'))
  const complete = join(folder, '.complete')
  if (existsSync(complete)) return folder
  // What an interrupted run left cannot be trusted.
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'stranger', private: true, type: 'module' }))
  const { code, stderr } = await runProgram('npm', ['install', '--no-audit', '--no-fund', ...wanted], {
    cwd: folder,
    env: strangersEnvironment(),
    timeoutMs: 280_000,
  })
  if (code !== 0) throw new Error(`npm install ended with exit code ${code}: ${stderr}`)
  await writeFile(complete, '')
  return folder
}
