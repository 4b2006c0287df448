import type { ICredentialDataDecryptedObject } from 'n8n-workflow'
import { normaliseBaseUrl } from './base-url.ts'
import { SpekaClient } from './client.ts'
import type { HttpContext } from './transport.ts'

/** As much of an n8n context as reaching the gateway needs. */
export interface CredentialContext extends HttpContext {
  getCredentials<T extends object = ICredentialDataDecryptedObject>(type: string, itemIndex?: number): Promise<T>
}

/**
 * The gateway that the credential names.
 *
 * @throws BadBaseUrl
 */
export async function openClient(context: CredentialContext, itemIndex = 0): Promise<SpekaClient> {
  const { baseUrl } = await context.getCredentials<{ baseUrl?: unknown }>('spekaApi', itemIndex)
  return new SpekaClient(context, normaliseBaseUrl(baseUrl))
}
