import { matchesGlob } from '../../catalog/glob.ts'
import { isRecord, type Json } from '../../json.ts'

/** Which requests a model takes at `/responses` only. */
export type ResponsesOnly =
  /** All: it is not there at `/chat/completions`. */
  | 'always'
  /** With tools, and an effort that was set to other than `none`: it does not think unless it is told to. */
  | 'tools_and_effort'
  /** With tools, unless the effort is `none`: it thinks unless it is told not to. */
  | 'tools'
  | 'never'

interface ModelFamily {
  readonly names: readonly string[]
  readonly needs: ResponsesOnly
  readonly source: string
}

/**
 * OpenAI's models by what they take at `/responses` only. The first row that matches a model counts; one that is in no
 * row takes everything at `/chat/completions`. A model that is newer than all of these is taken for one of the newest.
 */
export const modelFamilies: readonly ModelFamily[] = [
  {
    names: ['gpt-*-chat*', 'gpt-*-search*', 'gpt-*-audio*', 'gpt-*-realtime*', 'gpt-*-transcribe*', 'gpt-*-tts*'],
    needs: 'never',
    source: 'https://platform.openai.com/docs/models (none of them thinks)',
  },
  {
    names: ['gpt-*-codex*', 'codex-*'],
    needs: 'always',
    source: 'https://platform.openai.com/docs/models/gpt-5-codex; block/goose#2564; docker/docker-agent#313',
  },
  {
    names: ['o1-pro*', 'o3-pro*', 'gpt-*-pro', 'gpt-*-pro-*'],
    needs: 'always',
    source: 'https://platform.openai.com/docs/models/o3-pro; https://platform.openai.com/docs/models/gpt-5-pro',
  },
  {
    names: ['*-deep-research*', 'computer-use-preview*'],
    needs: 'always',
    source:
      'https://platform.openai.com/docs/guides/deep-research; https://platform.openai.com/docs/guides/tools-computer-use',
  },
  {
    names: ['gpt-5.4*'],
    needs: 'tools_and_effort',
    source: 'openai/openai-openapi#541; pipecat-ai/pipecat#4043',
  },
  {
    names: ['gpt-5', 'gpt-5-*', 'gpt-5.0*', 'gpt-5.1', 'gpt-5.1-*', 'gpt-5.2*', 'gpt-5.3*'],
    needs: 'never',
    source: 'https://platform.openai.com/docs/guides/latest-model',
  },
  {
    names: ['gpt-5.*', 'gpt-6*'],
    needs: 'tools',
    source: '5.5: charmbracelet/crush#2913; 5.6: BerriAI/litellm#34569, danny-avila/LibreChat#14355',
  },
]

const decides: Readonly<Record<ResponsesOnly, (request: Json) => boolean>> = {
  always: () => true,
  never: () => false,
  tools: (request) => hasTools(request) && effortIn(request) !== 'none',
  tools_and_effort: (request) => hasTools(request) && (effortIn(request) ?? 'none') !== 'none',
}

/**
 * Whether a chat request goes to `/responses`.
 *
 * @param model what OpenAI calls the model. One that was fine-tuned is what it was made of.
 */
export function isAskedAtResponses(request: Json, model: string): boolean {
  return decides[needsOf(model)](request)
}

/** What was found for a model, since it is asked for with every call. Callers may name models, so not without end. */
const found = new Map<string, ResponsesOnly>()
const MOST_FOUND = 1000

function needsOf(model: string): ResponsesOnly {
  const known = found.get(model)
  if (known !== undefined) return known
  const base = model.startsWith('ft:') ? model.slice(3) : model
  const family = modelFamilies.find(({ names }) => names.some((glob) => matchesGlob(glob, base)))
  const needs = family?.needs ?? 'never'
  if (found.size >= MOST_FOUND) found.clear()
  found.set(model, needs)
  return needs
}

const hasTools = ({ tools }: Json): boolean => Array.isArray(tools) && tools.some(isCallersOwn)

/** Whether a tool is one that the caller runs. */
const isCallersOwn = (tool: unknown): boolean =>
  isRecord(tool) && (tool['type'] === 'function' || tool['type'] === 'custom')

/** How hard the model shall think, as chat says it, or as `/responses` and other gateways do. */
export function effortIn({ reasoning_effort: effort, reasoning }: Json): string | undefined {
  const given = effort ?? (isRecord(reasoning) ? reasoning['effort'] : undefined)
  return typeof given === 'string' ? given : undefined
}
