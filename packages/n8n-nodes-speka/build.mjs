// `node build.mjs [FOLDER]`, after the types were checked: makes of each node, of the credential and of what the nodes share one CommonJS
// file in dist/ or FOLDER.
// Not minified, since n8n reviews what is published; with the engine inside, since a package of nodes may have no dependencies.
import { copyFile, glob, mkdir, readFile, rm } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { build } from 'esbuild'

const here = import.meta.dirname
const { n8n } = JSON.parse(await readFile(join(here, 'package.json'), 'utf8'))
const dist = resolve(here, process.argv[2] ?? 'dist')
const shared = 'nodes/shared/index.ts'

/**
 * The nodes load what they share from the file beside them instead of having it inside three times.
 *
 * @type {import('esbuild').Plugin}
 */
const sharedFile = {
  name: 'shared-file',
  setup(setup) {
    setup.onResolve({ filter: /\/shared\/index\.ts$/ }, ({ importer, kind }) => {
      if (kind === 'entry-point') return undefined
      // Every node is one folder below `nodes`, however deep the file that asks.
      const depth = relative(here, dirname(importer)).split(/[\\/]/)
      return depth[0] === 'nodes' ? { path: '../shared/index.js', external: true } : undefined
    })
  },
}

/**
 * What a node asks is a gateway, and it asks in so many words. What else the engine can do stays out: the other providers, each in a
 * folder of its own, what they say of errors in words (a gateway says it in codes), the sandbox (a gateway has one), the catalog and its
 * prices (it has those too), limits (it keeps its own), other shapes of chat, what is asked about them, rankings, sound, answers of bytes, what
 * reads requests from bytes, what makes long streams cheaper, and the engine as a `fetch`.
 */
const keptProviders = ['openai-compatible', 'speka']

/** What stands in the place of a file that stays out. */
const standIns = new Map([
  ['front/fetch.ts', 'export const createFetch = () => undefined'],
  ['completions/completions.ts', 'export const readCompletions = undefined, writeCompletions = undefined'],
  ['responses/responses.ts', 'export const readResponses = undefined, writeResponses = undefined'],
  ['responses/compaction.ts', 'export const readCompaction = undefined'],
  ['providers/error-words.ts', 'export const errorWords = []'],
  [
    'providers/finish-words.ts',
    `export const BROKE_OFF = 'error'
     export const openAIs = new Set(['stop', 'length', 'tool_calls', 'content_filter', 'function_call'])
     export const meaningOf = (word) => (openAIs.has(word) ? word : undefined)`,
  ],
  ['bytes/frame-twin.ts', 'export const twinOf = () => undefined, twinRun = () => undefined, placesOfWords = () => []'],
  ['attempt/bytes-attempt.ts', 'export const BytesAttempt = undefined'],
  ['attempt/ask-kept.ts', 'export const askKept = undefined'],
  ['attempt/relay-kept.ts', 'export const relayKept = undefined'],
  ['attempt/kept-thing.ts', 'export const KeptThing = undefined'],
  ['attempt/count-input.ts', 'export const countInput = undefined'],
  ['messages/messages.ts', 'export const readMessages = undefined'],
  ['catalog/shipped-models.ts', 'export const shippedModels = []'],
  ['catalog/shipped-targets.ts', 'export const shippedTargets = () => []'],
  ['catalog/nearest-ids.ts', 'export const nearestIds = () => []'],
  ['catalog/written-price.ts', 'export const readPrice = () => []'],
  [
    'route/price-problems.ts',
    `export const priceProblems = () => []
     export const endpointsOf = (_, { endpoints }) => endpoints ?? ['chat', 'embeddings', 'images']`,
  ],
  [
    'route/dearest-row.ts',
    `export const dearestRow = (price) => price
     export const mayReadCacheForLess = () => false`,
  ],
  ['limits/limit-layers.ts', 'export const withMoneyLimits = undefined, withRateLimits = undefined'],
  ['limits/own-limits.ts', 'export const ownLimits = undefined'],
  ['chat/closer-prompt.ts', 'export const closerPromptBound = undefined'],
  ['limits/models-of-call.ts', 'export const modelsOfCall = undefined'],
  [
    'wire/parse-body.ts',
    `export const parseBody = undefined, parseWholeBody = undefined, parseToRewrite = undefined
     export const READ_AT_ONCE_BYTES = 256 * 1024`,
  ],
  ['wire/claude-code-user.ts', 'export const claudeCodeUser = (user) => ({ user })'],
  ['rerank/rerank-operation.ts', 'export const rerankOperation = { paths: [] }'],
  ['rerank/rerank-call.ts', 'export const readRerankCall = undefined, writeRerankCall = undefined'],
  ['openai-compatible/rerank.ts', 'export const rerankLikeCohere = undefined, rerankOfGateway = undefined'],
  ['transcription/transcription-operation.ts', 'export const transcriptionOperation = { paths: [] }'],
  ['translation/translation-operation.ts', 'export const translationOperation = { paths: [] }'],
  ['speech/speech-operation.ts', 'export const speechOperation = { paths: [] }'],
  ['speech/speech-call.ts', 'export const writeSpeechCall = undefined'],
  ['image-edits/image-edits-operation.ts', 'export const imageEditsOperation = { paths: [] }'],
  [
    'openai-compatible/image-edits.ts',
    'export const imageEditsByRules = () => undefined, imageEditsOfGateway = undefined',
  ],
  ['moderation/moderation-operation.ts', 'export const moderationOperation = { paths: [] }'],
  ['moderation/moderation-call.ts', 'export const writeModerationCall = undefined'],
  [
    'openai-compatible/moderations.ts',
    'export const moderationsByRules = () => undefined, moderationsOfGateway = undefined',
  ],
  ['openai-compatible/recordings.ts', 'export const recordingsByRules = () => undefined'],
  ['openai-compatible/speech.ts', 'export const speechLikeOpenAI = () => undefined'],
  ['sandbox/sandbox-model.ts', 'export const parseSandboxModel = () => undefined'],
  ['src/sealed-id.ts', 'export const IdSeal = undefined'],
  [
    'sandbox/sandbox.ts',
    `export const sandboxOrigin = 'sandbox:'
     export const createSandbox = () => undefined
     export const withSandbox = (transport) => transport`,
  ],
])

/** @type {import('esbuild').Plugin} */
const gatewayOnly = {
  name: 'gateway-only',
  setup(setup) {
    setup.onResolve({ filter: /^\.{1,2}\/.*\.ts$/ }, ({ path, importer }) => {
      const [folder = '', file = ''] = join(dirname(importer), path).split(/[\\/]/).slice(-2)
      if (standIns.has(`${folder}/${file}`)) return { path: `${folder}/${file}`, namespace: 'stand-in' }
      const isProvider = basename(importer) === 'known-providers.ts' && `${folder}.ts` === file
      return isProvider && !keptProviders.includes(folder) ? { path: folder, namespace: 'left-out' } : undefined
    })
    setup.onLoad({ filter: /.*/, namespace: 'stand-in' }, ({ path }) => ({ contents: standIns.get(path) ?? '' }))
    // A provider that offers nothing: the engine would say so, if a configuration could name it.
    setup.onLoad({ filter: /.*/, namespace: 'left-out' }, ({ path }) => ({
      contents: leftOut(
        path,
        path.replace(/-(\w)/g, (_, letter) => letter.toUpperCase()),
      ),
    }))
  },
}

/**
 * Of one that lives where its configuration says, there is no place either.
 *
 * @param {string} type
 * @param {string} name
 */
const leftOut = (type, name) => `export const ${name} = { type: '${type}' }, ${name}Place = undefined`

/** @param {string} built as n8n is told of it */
const sourceOf = (built) => built.replace(/^dist\//, '').replace(/\.js$/, '.ts')

await rm(dist, { recursive: true, force: true })
await build({
  absWorkingDir: here,
  entryPoints: [shared, ...[...n8n.nodes, ...n8n.credentials].map(sourceOf)],
  outdir: dist,
  outbase: '.',
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  // n8n lends its packages to `require` only.
  supported: { 'dynamic-import': false },
  conditions: ['@speka/source'],
  external: ['n8n-workflow', '@n8n/ai-node-sdk'],
  plugins: [sharedFile, gatewayOnly],
  // Read by whoever checks the package: names and lines stay as they are, and only what says nothing is left out.
  minify: false,
  minifySyntax: true,
  legalComments: 'none',
  logLevel: 'warning',
})

// What n8n reads as it is: icons, and what the node creator says of each node.
for await (const file of glob(['icons/*.svg', 'nodes/*/*.node.json'], { cwd: here })) {
  await mkdir(dirname(join(dist, file)), { recursive: true })
  await copyFile(join(here, file), join(dist, file))
}
