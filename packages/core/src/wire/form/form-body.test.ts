import { SpekaError } from '../../errors.ts'
import type { Bytes } from '../../transport.ts'
import { decisiveMembersOf } from '../decisive-members.ts'
import { FormBody, type FormOptions, type FormStore } from './form-body.ts'

const MiB = 1024 * 1024
const TYPE = 'multipart/form-data; boundary=edge'
const field = (name: string, value: string): string =>
  `--edge\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
const fileHead = '--edge\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'
const END = '\r\n--edge--\r\n'

/** A form with a file of that length, its fields before it and behind it. */
async function* formOf(before: string, length: number, after = ''): AsyncGenerator<Bytes, void> {
  yield Buffer.from(before + fileHead)
  for (let left = length; left > 0; left -= 64 * 1024) yield Buffer.alloc(Math.min(left, 64 * 1024), 'wave')
  yield Buffer.from(after === '' ? END : `\r\n${after}--edge--\r\n`)
}

const open = (chunks: AsyncGenerator<Bytes, void>, options: Partial<FormOptions> = {}): Promise<FormBody> =>
  FormBody.open(chunks, TYPE, { limit: 32 * MiB, ...options })

/** A store that tells how it is used. */
function storing(): FormStore & { readonly written: Bytes[] } {
  const written: Bytes[] = []
  return {
    written,
    write(bytes) {
      written.push(bytes)
      return Promise.resolve()
    },
    async *read() {
      yield* written
    },
  }
}

async function bytesIn(form: FormBody): Promise<number> {
  let bytes = 0
  for await (const event of form.events()) if (event.kind === 'bytes') bytes += event.bytes.length
  return bytes
}

test('a form whose model comes first is not stored, and goes by once', async () => {
  const store = storing()
  const form = await open(formOf(field('model', 'a'), 5 * MiB), { store: () => Promise.resolve(store) })
  expect([form.isWhole, form.isThere]).toEqual([false, true])
  expect(await bytesIn(form)).toBe(5 * MiB)
  expect([form.isWhole, form.isThere, form.file.bytes]).toEqual([true, false, 5 * MiB])
  expect(store.written).toEqual([])
})

test('one whose model comes last is stored, and can be sent again and again', async () => {
  const store = storing()
  const form = await open(formOf('', 5 * MiB, field('model', 'a') + field('stream', 'true')), {
    store: () => Promise.resolve(store),
  })
  expect(form.fields).toMatchObject([
    { name: 'model', value: 'a' },
    { name: 'stream', value: 'true' },
  ])
  expect(await bytesIn(form)).toBe(5 * MiB)
  expect(await bytesIn(form)).toBe(5 * MiB)
  expect([form.isThere, form.isWhole, form.mostFileBytes]).toEqual([true, true, 5 * MiB])
})

test('one that is too long is refused while it is stored', async () => {
  const opening = open(formOf('', 5 * MiB, field('model', 'a')), {
    limit: 3 * MiB,
    store: () => Promise.resolve(storing()),
  })
  await expect(opening).rejects.toMatchObject({ code: 'request_too_large' })
})

test('where nothing can be stored, a model behind a long file is refused by name', async () => {
  const form = await open(formOf('', 5 * MiB, field('model', 'a')), { store: () => Promise.resolve(undefined) })
  await expect(bytesIn(form)).rejects.toMatchObject({ code: 'invalid_value', param: 'model' })
})

test('behind a long file may stand what decides nothing for this operation', async () => {
  const decides = decisiveMembersOf('transcription')
  const late = (name: string) => open(formOf(field('model', 'a'), 3 * MiB, field(name, 'x')), { decides })
  expect(await bytesIn(await late('prompt'))).toBe(3 * MiB)
  await expect(bytesIn(await late('models[]'))).rejects.toMatchObject({ param: 'models[]' })
  await expect(bytesIn(await late('stream'))).rejects.toMatchObject({ param: 'stream' })
})

test('how long its file can be is bounded by what the form says of itself, until it is there', async () => {
  const form = await open(formOf(field('model', 'a'), 3 * MiB), { length: 4 * MiB })
  expect(form.mostFileBytes).toBe(4 * MiB)
  await bytesIn(form)
  expect(form.mostFileBytes).toBe(3 * MiB)
  expect((await open(formOf(field('model', 'a'), 3 * MiB), { length: 4_000 * MiB })).mostFileBytes).toBe(32 * MiB)
})

test('a form that is there already goes by as often as it is asked', async () => {
  const form = FormBody.of([
    { kind: 'file', head: { name: 'file', filename: 'a', contentType: undefined } },
    { kind: 'bytes', bytes: Buffer.from('abc') },
  ])
  expect([await bytesIn(form), await bytesIn(form), form.isThere, form.mostFileBytes]).toEqual([3, 3, true, 3])
})

/** One whose caller leaves before its end. */
async function* cut(): AsyncGenerator<Bytes, void> {
  for await (const chunk of formOf(field('model', 'a'), 2 * MiB)) {
    if (chunk.length === END.length) throw new SpekaError('client_closed_request', 'gone')
    yield chunk
  }
}

test('what breaks off is told to whoever sends it on', async () => {
  const form = await open(cut())
  await expect(bytesIn(form)).rejects.toMatchObject({ code: 'client_closed_request' })
})
