import type {
  ICredentialDataDecryptedObject,
  ICredentialsDecrypted,
  ICredentialTestFunctions,
  IN8nHttpFullResponse,
  INodeCredentialTestResult,
} from 'n8n-workflow'
import { BadBaseUrl, normaliseBaseUrl } from './base-url.ts'
import { modelsIn } from './model-list.ts'
import { adviceOn } from './node-error.ts'
import { parsed } from './read-json.ts'
import { RequestFailure } from './request-failure.ts'
import { readReply, transportFailureOf } from './transport.ts'

const TIMEOUT_MS = 10_000

/**
 * What "Test" does in the editor of a credential. A test declared in the credential would call everything right that answers with
 * status 200, and show the bare code of a connection that failed.
 */
export const credentialTest = {
  async testSpekaApi(
    this: ICredentialTestFunctions,
    { data = {} }: ICredentialsDecrypted,
  ): Promise<INodeCredentialTestResult> {
    try {
      const count = await countModels(this, data)
      return { status: 'OK', message: `The gateway offers ${count} ${count === 1 ? 'model' : 'models'}.` }
    } catch (error) {
      return { status: 'Error', message: complaint(error) }
    }
  },
}

/** @throws BadBaseUrl, RequestFailure */
async function countModels(n8n: ICredentialTestFunctions, credential: ICredentialDataDecryptedObject): Promise<number> {
  const baseUrl = normaliseBaseUrl(credential['baseUrl'])
  const key = String(credential['apiKey'] ?? '').trim()
  if (key === '') throw RequestFailure.told({ message: 'The API Key is empty.', code: 'invalid_api_key' }, { baseUrl })
  const reply = readReply(await ask(n8n, baseUrl, key))
  const models = reply.status === 200 ? modelsIn(parsed(reply.body)) : undefined
  if (models === undefined) throw RequestFailure.of(undefined, { baseUrl, reply })
  return models.length
}

async function ask(n8n: ICredentialTestFunctions, baseUrl: string, key: string): Promise<IN8nHttpFullResponse> {
  try {
    // The one way to ask that n8n lends to a test.
    return (await n8n.helpers.request({
      method: 'GET',
      url: `${baseUrl}/models`,
      headers: { accept: 'application/json', authorization: `Bearer ${key}` },
      timeout: TIMEOUT_MS,
      resolveWithFullResponse: true,
      simple: false,
      // The next host would be sent the key as well.
      followRedirect: false,
    })) as IN8nHttpFullResponse
  } catch (error) {
    throw RequestFailure.of(error, { baseUrl, failure: transportFailureOf(error) })
  }
}

/** What is wrong, and what to do about it: the editor shows it as it is, without markup. */
function complaint(error: unknown): string {
  if (error instanceof RequestFailure)
    return `${error.message} ${adviceOn(error.code).replaceAll(/<\/?code>/g, '')}`.trim()
  if (error instanceof BadBaseUrl)
    return `${error.message} It is the address of a gateway, such as http://127.0.0.1:7735/v1.`
  return error instanceof Error ? error.message : String(error)
}
