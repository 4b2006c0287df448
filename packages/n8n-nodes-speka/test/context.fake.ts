import { assembleGateway, type Gateway } from '@speka/core'
import { createSandbox } from '@speka/core/internal'
import type {
  IAdditionalCredentialOptions,
  IExecuteFunctions,
  IHttpRequestOptions,
  INodeExecutionData,
  ISupplyDataFunctions,
} from 'n8n-workflow'
import { clock } from '../nodes/shared/clock.ts'

export interface FakeOptions {
  /** The parameters of the node, for all items or for each. */
  readonly parameters: object | readonly object[]
  readonly items?: readonly Partial<INodeExecutionData>[]
  readonly continueOnFail?: boolean
  /** What is in the credential, for all items or, when it has expressions, for each. */
  readonly credential?: Credential | readonly Credential[]
  /** What n8n's helper does with a request. Default: hands it to an engine in this process. */
  readonly send?: (options: IHttpRequestOptions) => Promise<unknown>
  readonly signal?: AbortSignal
  readonly executionId?: string
}

interface Credential {
  readonly apiKey?: string
  readonly baseUrl?: unknown
}

export interface FakeContext {
  readonly context: IExecuteFunctions & ISupplyDataFunctions
  /** Requests that were made with the key of the credential, in order. */
  readonly sent: IHttpRequestOptions[]
  /** Those keys. */
  readonly keys: unknown[]
  /** What is kept with the execution. */
  readonly customData: Map<string, string>
  readonly sentWithoutKey: IHttpRequestOptions[]
  /** What sub-nodes showed in the editor. */
  readonly shown: { readonly input: unknown[]; readonly output: unknown[] }
}

/** Each context is of an execution of its own, unless told otherwise. */
let executions = 0

const node = { id: 'n', name: 'Speka', type: 'n8n-nodes-speka.speka', typeVersion: 1, position: [0, 0], parameters: {} }

/** An n8n that runs one node: the parts of its contexts that the nodes use. */
export function fakeContext(options: FakeOptions): FakeContext {
  const { parameters, continueOnFail = false, credential = {}, send = sendToEngine() } = options
  const executionId = options.executionId ?? `fake-${(executions += 1)}`
  const items: readonly Partial<INodeExecutionData>[] = options.items ?? [{ json: {} }]
  const sent: IHttpRequestOptions[] = []
  const sentWithoutKey: IHttpRequestOptions[] = []
  const keys: unknown[] = []
  const customData = new Map<string, string>()
  const shown = { input: [] as unknown[], output: [] as unknown[] }
  const parametersOf = (index: number): object => (Array.isArray(parameters) ? parameters[index] : parameters) as object
  const credentialOf = (index: number) => {
    const given = (Array.isArray(credential) ? credential[index] : credential) as Credential
    return { apiKey: 'sk-test', baseUrl: 'http://gateway.test/v1', ...given }
  }
  const context = {
    getNode: () => node,
    getInputData: () => items,
    getNodeParameter(name: string, index: number, fallback?: unknown) {
      const value = valueAt(parametersOf(index), name) ?? fallback
      if (value === undefined) throw new Error(`Could not get parameter "${name}"`)
      return value
    },
    continueOnFail: () => continueOnFail,
    getWorkflow: () => ({ id: 'w1', name: 'A workflow' }),
    getExecutionId: () => executionId,
    getExecutionCancelSignal: () => options.signal,
    customData,
    getCredentials: async (_type: string, index = 0) => credentialOf(index),
    addInputData: (_type: string, data: unknown) => ({ index: shown.input.push(data) - 1 }),
    addOutputData: (_type: string, _index: number, data: unknown) => void shown.output.push(data),
    helpers: {
      async httpRequestWithAuthentication(
        _type: string,
        request: IHttpRequestOptions,
        additional: IAdditionalCredentialOptions = {},
      ) {
        sent.push(request)
        // As n8n does it: the first item's, unless it is told whose.
        keys.push((additional.credentialsDecrypted?.data ?? credentialOf(0))['apiKey'])
        return send(request)
      },
      async httpRequest(request: IHttpRequestOptions) {
        sentWithoutKey.push(request)
        return send(request)
      },
      getBinaryDataBuffer: async (index: number, field: string) =>
        Buffer.from(items[index]?.binary?.[field]?.data ?? '', 'base64'),
      prepareBinaryData: async (data: Buffer, fileName: string, mimeType: string) => ({
        data: data.toString('base64'),
        fileName,
        mimeType,
      }),
    },
  }
  return { context: context as unknown as FakeContext['context'], sent, keys, customData, sentWithoutKey, shown }
}

/** n8n's helper in front of an engine with nothing but the sandbox: real answers, no network. */
function sendToEngine(): (options: IHttpRequestOptions) => Promise<unknown> {
  const gateway = sandboxOnly()
  return async ({ url, method = 'GET', body, headers = {} }) => {
    const request = {
      method,
      headers: headers as Record<string, string>,
      ...(body !== undefined && { body: body as string }),
    }
    const response = await gateway.fetch(url, request)
    return {
      statusCode: response.status,
      headers: Object.fromEntries(response.headers),
      body: Buffer.from(await response.arrayBuffer()),
    }
  }
}

const sandboxOnly = (): Gateway =>
  assembleGateway({ config: {}, transport: createSandbox({ clock }), clock, random: () => 0.5 })

/** `'messages.values'` in nested objects. */
function valueAt(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, name) => (inner as Record<string, unknown> | undefined)?.[name], value)
}
