import { openai } from '../openai/openai.ts'
import type { Provider } from '../provider.ts'
import type { PlaceSettings, ProviderPlace } from '../provider-place.ts'
import { withRequests } from '../with-requests.ts'

/** It judges texts by a service of another kind, and not at OpenAI's path. */
const { moderation: _moderation, ...shared } = openai

/**
 * Azure OpenAI by its v1 API, which is OpenAI's: `model` is the name of a deployment.
 *
 * https://learn.microsoft.com/azure/foundry/openai/api-version-lifecycle
 */
export const azure: Provider = { ...shared, type: 'azure' }

/** A resource by the API that it is asked by. */
export function azurePlace({ base_url: address, api_version: version }: PlaceSettings): ProviderPlace {
  const resource = address?.replace(/\/+$/, '').replace(WITHIN_RESOURCE, '')
  if (resource === undefined) return {}
  return version === undefined
    ? { baseUrl: `${resource}/openai/v1` }
    : { baseUrl: `${resource}/openai`, adapter: deployments(version) }
}

/** What people copy behind the address of the resource. */
const WITHIN_RESOURCE = /\/openai(?:\/v1|\/deployments(?:\/[^/]+)?)?$/

/**
 * The same by a dated version of the API: a deployment has a path of its own.
 *
 * https://learn.microsoft.com/azure/ai-services/openai/reference
 */
export const deployments = (version: string): Provider =>
  withRequests(azure, (request, upstreamModel = '') => {
    const { path } = request
    const versioned = `${path}${path.includes('?') ? '&' : '?'}api-version=${encodeURIComponent(version)}`
    const deployment = encodeURIComponent(upstreamModel.toWellFormed())
    return { ...request, path: OF_RESOURCE.test(path) ? versioned : `/deployments/${deployment}${versioned}` }
  })

/** Paths that belong to the resource: what names a deployment there is the body. */
const OF_RESOURCE = /^\/responses(?:[/?]|$)/
