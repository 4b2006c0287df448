import type { ICredentialDataDecryptedObject } from 'n8n-workflow'
import { normaliseBaseUrl } from './base-url.ts'
import { SpekaClient } from './client.ts'
import { CREDENTIAL, type HttpContext } from './transport.ts'

/** As much of an n8n context as reaching the gateway needs. */
export interface CredentialContext extends HttpContext {
  getCredentials<T extends object = ICredentialDataDecryptedObject>(type: string, itemIndex?: number): Promise<T>
}

/**
 * The gateway that the credential names, as it is for one item: in a credential with expressions, address and key are the item's.
 *
 * @throws BadBaseUrl
 */
export async function openClient(context: CredentialContext, itemIndex = 0): Promise<SpekaClient> {
  const credential = await context.getCredentials(CREDENTIAL, itemIndex)
  return new SpekaClient(context, { baseUrl: normaliseBaseUrl(credential['baseUrl']), credential })
}
