import type { Provider } from '../provider.ts'
import type { PlaceSettings, ProviderPlace } from '../provider-place.ts'
import { claudeAtVertex } from './claude.ts'
import { geminiAtVertex } from './gemini.ts'
import { isOf } from './publisher-path.ts'

/**
 * Google Vertex AI: models of Google's, and Claude.
 *
 * https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference
 */
export const vertex: Provider = {
  ...geminiAtVertex,
  forModel: (upstreamModel) => (isOf('anthropic', upstreamModel) ? claudeAtVertex : geminiAtVertex),
}

const VERSION = '/v1'

/** A project in a location, or nobody's in particular: then the key says whose it is. */
export function vertexPlace({ base_url: address, project, location = 'global' }: PlaceSettings): ProviderPlace {
  if (project === undefined) return {}
  const base = (address ?? `https://${hostOf(location)}${VERSION}`).replace(/\/+$/, '')
  return { baseUrl: `${base}/projects/${encodeURIComponent(project)}/locations/${location}` }
}

/** https://cloud.google.com/vertex-ai/generative-ai/docs/learn/locations */
function hostOf(location: string): string {
  if (location === 'global') return 'aiplatform.googleapis.com'
  return MULTI_REGIONS.has(location)
    ? `aiplatform.${location}.rep.googleapis.com`
    : `${location}-aiplatform.googleapis.com`
}

const MULTI_REGIONS: ReadonlySet<string> = new Set(['us', 'eu'])
