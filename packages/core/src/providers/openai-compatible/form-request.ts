import type { Json } from '../../json.ts'
import type { UpstreamRequest } from '../../transport.ts'
import type { FormBody } from '../../wire/form/form-body.ts'
import { writeFormFields } from '../../wire/form/form-fields.ts'
import { writeForm } from '../../wire/form/write-form.ts'
import type { TranslationTarget } from '../provider.ts'
import { gatewayFields } from './json-request.ts'

/** What came as a form: its fields, and the form that has its files. */
export interface SentForm {
  readonly form: FormBody
  readonly outline: Json
  readonly stream: boolean
}

/** How a form is sent on. */
export interface FormRequestOptions {
  /** Whether the upstream is a gateway that falls back by itself, and wants the gateway's fields. Default: it is not. */
  readonly isGateway?: boolean
  /** Fields in the place of the caller's; `undefined` leaves one out. Default: all are the caller's. */
  readonly writes?: Json
}

/**
 * The caller's form under the model's upstream name, without what is the gateway's own: its fields first, and behind them its files as they
 * come.
 *
 * @param call with `stream` as it is to be asked for, whatever the caller asked.
 */
export function formRequest(
  path: string,
  call: SentForm,
  { upstreamModel, fallbackModels }: TranslationTarget,
  { isGateway = false, writes = {} }: FormRequestOptions = {},
): UpstreamRequest {
  const { form, outline, stream } = call
  const own: Json = isGateway ? { ...(fallbackModels !== undefined && { models: fallbackModels }) } : withoutGateways
  const fields = { ...outline, model: upstreamModel, stream: stream ? true : undefined, ...own, ...writes }
  // All that is known stands in the call. What is still to come, behind a long file, passes as it is, but for what is the gateway's own.
  const known = Object.fromEntries(form.fields.map(({ name }) => [name.replace(/\[.*\]$/s, ''), undefined]))
  const { contentType, body } = writeForm(
    form,
    { ...known, ...(!isGateway && withoutGateways) },
    writeFormFields(fields),
  )
  return {
    method: 'POST',
    path,
    headers: {
      'content-type': contentType,
      accept: stream ? 'text/event-stream' : '*/*',
      'accept-encoding': 'identity',
    },
    streamed: body,
  }
}

const withoutGateways: Readonly<Record<string, undefined>> = Object.fromEntries(
  [...gatewayFields].map((field) => [field, undefined]),
)
