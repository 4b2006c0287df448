import type { Headers, StreamedBody } from '../transport.ts'
import { FormFile } from '../wire/form/form-file.ts'
import type { FormField } from '../wire/form/form-body.ts'
import { readFormFields } from '../wire/form/form-fields.ts'
import { MultipartReader } from '../wire/form/multipart-reader.ts'

/** What came as a form: its fields as JSON would have them, and what was seen of its file, which is not kept. */
export interface Upload {
  readonly fields: Record<string, unknown>
  readonly file: FormFile
}

/**
 * Reads a form to its end.
 *
 * @throws SpekaError when it is none, and what the body throws.
 */
export async function readUpload(body: StreamedBody, headers: Headers): Promise<Upload> {
  const reader = new MultipartReader(headers['content-type'] ?? '')
  const file = new FormFile()
  const fields: FormField[] = []
  for await (const chunk of body.open()) {
    for (const event of reader.push(chunk)) {
      if (event.kind === 'field') fields.push(event)
      else file.see(event)
    }
  }
  reader.end()
  return { fields: readFormFields(fields, {}), file }
}
