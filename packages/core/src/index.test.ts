import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/**
 * What users may rely on: a name leaves this table in a major release only, and comes in when somebody outside this
 * repository shall use it. What our own packages need besides belongs in internal.ts.
 */
const publicNames: Readonly<Record<string, { readonly values: string; readonly types: string }>> = {
  'index.ts': {
    values: `answerHere assembleGateway
      createFetchTransport
      formatUsd
      layerPlaces
      parseUsd picoUsd
      SpekaError startLater startWatched
      withFields`,
    types: `AnswerDetails AnswerSink AttemptRecord Begin Bytes Call CallOptions ChatAnswered ChatCall ChatChunk
      ChatCompletion ChatMessage ChatRequest Clock Commitment Completion CompletionChunk CompletionsRequest
      CompletionUsage ConfiguredEngine ContentPart Counts EmbeddingsAnswer EmbeddingsCall EmbeddingsRequest Endpoint
      Engine ErrorCode Exchange Failure FailureClass FetchTransportOptions FinishReason FunctionTool Gateway
      GatewayConfig GatewayLimit GatewayOptions Headers ImageEditsCall ImageEditsRequest PictureToEdit ImagesAnswer ImagesCall ImagesRequest Layer LayerAnswer LayerPlace Layers LimitStanding
      LimitTold MessagesConfig
      ModelConfig ModelEntry ModelId ModelList ModerationAnswer ModerationCall ModerationPart ModerationRequest ModerationResult OperationName Outcome PicoUsd PlacedLayers Price PriceCondition
      OfferedModel PriceConfig PriceRowConfig ProviderConfig ProviderType Random Rates ReplySink RequestId RerankAnswer RerankCall RerankDocument
      RerankRequest RerankResult Recording Speech SpeechCall SpeechRequest Transcript TranscriptEvent TranscriptFormat
      TranscriptionCall TranscriptionRequest TranscriptUsage TranslationCall TranslationRequest ResponseEvent
      ResponseFormat ResponseInputItem ResponseItem ResponseObject ResponsesRequest ResponseTool RoutingConfig
      RoutingPreferences RoutingRule RuleCondition Run ShippedModelId SpekaErrorOptions StrategyName Streamed Surface
      TargetConfig TimeoutConfig Timeouts Tokenizer ToolCall Transport TransportFailure TransportFailureKind Unit
      UnitPrice Upstream UpstreamRequest Usage UsageRecord Watcher World`,
  },
  'node.ts': {
    values: 'createGateway createUndiciTransport hasProxyVariables openGateway realClock withIdentities',
    types: `CreateGatewayOptions GatewayConnection LocalGatewayOptions RemoteGatewayOptions UndiciTransport
      UndiciTransportOptions`,
  },
  'edge.ts': {
    values: 'createGateway openGateway realClock',
    types: 'CreateGatewayOptions GatewayConnection LocalGatewayOptions RemoteGatewayOptions',
  },
}

const root = resolve(import.meta.dirname, '../../..')

test.each(Object.entries(publicNames))(
  '%s exports what users may rely on, and nothing else',
  (file, { values, types }) => {
    const { values: found, types: foundTypes } = exportedBy(file)
    const listed = new Set(`${values} ${types}`.split(/\s+/))
    const unlisted = [...found, ...foundTypes].filter((name) => !listed.has(name))
    const remedy = 'add it to publicNames in index.test.ts if users shall rely on it, else export it from internal.ts'
    expect(unlisted.map((name) => `${file} exports ${name}: ${remedy}`)).toEqual([])
    expect({ values: found, types: foundTypes }).toEqual({
      values: inOrder(values.split(/\s+/)),
      types: inOrder(types.split(/\s+/)),
    })
  },
)

test('what is for our own packages only is not public as well', () => {
  const inner = exportedBy('internal.ts')
  const open = exportedBy('index.ts')
  const both = [...inner.values, ...inner.types].filter((name) => [...open.values, ...open.types].includes(name))
  expect(both.map((name) => `${name} is in index.ts and in internal.ts: leave it in one of them`)).toEqual([])
})

test('no page and no example asks for what is not public', () => {
  const known = new Set(['index.ts', 'node.ts', 'edge.ts'].flatMap((file) => Object.values(exportedBy(file)).flat()))
  const complaints = shownToUsers().flatMap((path) => {
    const text = readFileSync(join(root, path), 'utf8')
    const inner = text.includes("'@speka/core/internal'") ? [`${path} imports @speka/core/internal`] : []
    const asked = [...text.matchAll(/^import (?:type )?\{([^}]*)\} from '@speka\/core(?:\/node)?'/gm)]
    const unknown = asked.flatMap(([, names = '']) => namesIn(names)).filter((name) => !known.has(name))
    return [...inner, ...unknown.map((name) => `${path} imports ${name}, which @speka/core does not export`)]
  })
  expect(complaints).toEqual([])
})

function exportedBy(file: string): { values: string[]; types: string[] } {
  const source = readFileSync(join(import.meta.dirname, file), 'utf8')
  const values: string[] = []
  const types: string[] = []
  for (const [, isType, list = ''] of source.matchAll(/^export (type )?\{([^}]*)\} from/gm))
    for (const name of list.split(',').map((part) => part.trim()))
      if (name !== '')
        (isType !== undefined || name.startsWith('type ') ? types : values).push(name.replace('type ', ''))
  return { values: inOrder(values), types: inOrder(types) }
}

function shownToUsers(): string[] {
  const pages = readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)
  const examples = readdirSync(join(root, 'examples')).map((name) => `examples/${name}`)
  const readmes = readdirSync(join(root, 'packages')).map((name) => `packages/${name}/README.md`)
  return ['README.md', ...pages, ...examples, ...readmes].filter((path) => /\.(?:md|ts)$/.test(path))
}

const namesIn = (list: string): string[] =>
  list
    .split(',')
    .map((part) =>
      part
        .trim()
        .replace(/^type /, '')
        .replace(/ as .*/, ''),
    )
    .filter((name) => name !== '')

const inOrder = (names: readonly string[]): string[] =>
  names.toSorted((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1))
