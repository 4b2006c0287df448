import type { Bytes, StreamedBody } from '../../transport.ts'
import type { FormEvent } from './form-event.ts'
import type { FormBody, FormField } from './form-body.ts'

/** A form to be sent, and what its content type says of it. */
export interface WrittenForm {
  readonly contentType: string
  readonly body: StreamedBody
}

/**
 * A form as it goes on to an upstream: its files as they are, and its fields with these put in their place, wherever they stand.
 *
 * @param fields by name, without brackets behind it: what to send in the place of a field, or `undefined` to leave it out.
 * @param added what to send before all that it says.
 */
export function writeForm(
  form: FormBody,
  fields: Readonly<Record<string, string | undefined>>,
  added: readonly FormField[] = [],
): WrittenForm {
  const boundary = `speka-${globalThis.crypto.randomUUID()}`
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: { open: () => bytesOf(form, boundary, fields, added) },
  }
}

async function* bytesOf(
  form: FormBody,
  boundary: string,
  fields: Readonly<Record<string, string | undefined>>,
  added: readonly FormField[],
): AsyncGenerator<Bytes, void> {
  let line = ''
  for (const field of added) {
    yield Buffer.from(`${line}--${boundary}\r\n${headOf({ kind: 'field', ...field }, NO_CHANGES) ?? ''}`)
    line = '\r\n'
  }
  for await (const event of form.events()) {
    if (event.kind === 'bytes') {
      yield event.bytes
      continue
    }
    const head = headOf(event, fields)
    if (head === undefined) continue
    yield Buffer.from(`${line}--${boundary}\r\n${head}`)
    line = '\r\n'
  }
  yield Buffer.from(`${line}--${boundary}--\r\n`)
}

const NO_CHANGES: Readonly<Record<string, string | undefined>> = {}

function headOf(
  event: Exclude<FormEvent, { kind: 'bytes' }>,
  fields: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (event.kind === 'field') {
    const key = [event.name, event.name.replace(/\[.*\]$/s, '')].find((name) => Object.hasOwn(fields, name))
    const value = key === undefined ? event.value : fields[key]
    return value === undefined
      ? undefined
      : `Content-Disposition: form-data; name="${quoted(event.name)}"\r\n\r\n${value}`
  }
  const { name, filename, contentType } = event.head
  const type = contentType === undefined ? '' : `Content-Type: ${contentType.replaceAll(/[^\t -~]/g, '')}\r\n`
  return `Content-Disposition: form-data; name="${quoted(name)}"; filename="${quoted(filename)}"\r\n${type}\r\n`
}

/** As browsers do it (HTML standard, "multipart/form-data"). */
const quoted = (text: string): string => text.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
