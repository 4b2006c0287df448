import {
  operationNames,
  operations,
  parseWholeBody,
  writeForm,
  type FormBody,
  type Operation,
} from '@speka/core/internal'
import { SpekaError } from '@speka/core'
import type { Call } from '../../packages/core/src/operations/call.ts'
import { knownProviders } from '../../packages/core/src/providers/known-providers.ts'
import type { ProviderOperation } from '../../packages/core/src/providers/provider.ts'
import { scanObject } from '../../packages/core/src/bytes/scan-object.ts'
import type { CallFacts } from '../../packages/core/src/wire/call-facts.ts'

/**
 * An operation of the tests alone: a form with a recording, answered by one in other words. It is what no operation of the gateway is
 * yet, a form whose files are streamed, and an answer of bytes.
 */
export const RECORDING_PATH = '/v1/recordings'

const NOTHING = Buffer.from('{}')

const formCall = (form: FormBody, facts: CallFacts): Call =>
  callOf(form.fields.find(({ name }) => name === 'model')?.value, facts, form)

function callOf(model: string | undefined, facts: CallFacts, form?: FormBody): Call {
  if (model === undefined)
    throw new SpekaError('missing_required_parameter', '"model" is missing. Put it before the file.', {
      param: 'model',
    })
  const call = {
    ...facts,
    endpoint: 'recording',
    form,
    body: Buffer.alloc(0),
    scan: scanObject(NOTHING),
    outline: { model },
    stream: false,
    wantsUsage: false,
  }
  return call as unknown as Call
}

const recording = {
  paths: [RECORDING_PATH],
  read: (body, facts) => callOf(String(parseWholeBody(body)['model']), facts),
  readForm: formCall,
  write() {
    throw new SpekaError('invalid_request', 'A recording comes as a form.')
  },
  tellingField: 'file',
  saying: () => ({}),
  units: ['request', 'second'],
  size: () => ({ inputTokens: 0, outputTokens: 0, images: undefined }),
  choices: () => 1,
  mostInputTokens: () => 0,
  mostOutputTokens: () => 0,
  completeUsage: (usage) => usage,
  usageSoFar: (usage) => usage,
  usageJson: () => ({}),
  endStream: ({ frames }) => frames,
} satisfies Operation

const asked: ProviderOperation = {
  answer() {
    throw new Error('it is asked for bytes')
  },
  bytes({ form }, { upstreamModel }) {
    const sent = form && writeForm(form, { model: upstreamModel })
    const contentType = sent?.contentType ?? 'application/json'
    const headers = { 'content-type': contentType }
    return {
      request: { method: 'POST', path: '/recordings', headers, streamed: sent?.body },
      types: /^audio\//,
      usage: (headers) => ({ seconds: Number(headers['x-seconds']) }),
    }
  },
}

/** Puts it into the tables, as a commit would. What reads them as it is loaded must be loaded later. */
export function installTestOperation(): void {
  ;(operationNames as unknown as string[]).push('recording')
  Object.assign(operations, { recording })
  Object.assign(knownProviders['openai-compatible'].adapter, { recording: asked })
}
