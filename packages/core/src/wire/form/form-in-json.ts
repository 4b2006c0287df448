import type { Bytes, StreamedBody } from '../../transport.ts'
import { join } from '../../bytes/splice.ts'
import type { FormBody } from './form-body.ts'

/** What stands around the base64 of a file, as JSON. */
export interface FileInJson {
  readonly before: string
  readonly after: string
}

/**
 * The files of a form in JSON, in base64, as they come: none is held. Its fields are left out, since they stand in the call.
 *
 * @param head what comes before all of them.
 * @param around what stands around a file, by the name of its field, its type and how many came before it; `undefined` leaves it out.
 * @param tail what comes behind them.
 */
export const formInJson = (
  form: FormBody,
  head: string,
  around: (field: string, contentType: string, index: number) => FileInJson | undefined,
  tail: string,
): StreamedBody => ({ open: () => bytesOf(form, head, around, tail) })

/** So many bytes are four letters of base64, and fewer only at its end. */
const GROUP = 3
const NO_BYTES: Bytes = Buffer.alloc(0)

async function* bytesOf(
  form: FormBody,
  head: string,
  around: (field: string, contentType: string, index: number) => FileInJson | undefined,
  tail: string,
): AsyncGenerator<Bytes, void> {
  yield Buffer.from(head)
  let open: FileInJson | undefined
  let rest: Bytes = NO_BYTES
  let index = 0
  for await (const event of form.events()) {
    if (event.kind === 'bytes') {
      if (open === undefined) continue
      const bytes = rest.length === 0 ? event.bytes : join([rest, event.bytes])
      const whole = bytes.length - (bytes.length % GROUP)
      rest = Buffer.from(bytes.subarray(whole))
      if (whole > 0) yield Buffer.from(Buffer.from(bytes.buffer, bytes.byteOffset, whole).toString('base64'))
      continue
    }
    if (open !== undefined) yield endOf(open, rest)
    open = undefined
    rest = NO_BYTES
    if (event.kind !== 'file') continue
    open = around(event.head.name, event.head.contentType ?? '', index)
    index += 1
    if (open !== undefined) yield Buffer.from(open.before)
  }
  if (open !== undefined) yield endOf(open, rest)
  yield Buffer.from(tail)
}

const endOf = ({ after }: FileInJson, rest: Bytes): Bytes => Buffer.from(Buffer.from(rest).toString('base64') + after)
