import { inflateSync } from 'node:zlib'
import { openSandbox } from './ask.fake.ts'

const draw = async (request: object) => {
  const { body } = await openSandbox().ask('/images/generations', { model: 'speka/sandbox', ...request })
  return JSON.parse(body)
}

/** The lines of a PNG, each with its filter in front. */
function pixelsOf(png: Buffer): Buffer {
  const at = png.indexOf('IDAT')
  return inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)))
}

/** Which of the 8 by 8 cells of a pattern are lit. */
function cellsOf({ data }: { data: [{ b64_json: string }] }, width: number, height: number): number[] {
  const pixels = pixelsOf(Buffer.from(data[0].b64_json, 'base64'))
  const at = (x: number, y: number) => ((pixels[y * (1 + width / 8) + 1 + (x >> 3)] ?? 0) >> (7 - (x & 7))) & 1
  return Array.from({ length: 64 }, (_, cell) =>
    at(((cell % 8) * width) / 8 + 3, (Math.floor(cell / 8) * height) / 8 + 3),
  )
}

const stream = (request: object, model = 'speka/sandbox') =>
  openSandbox().ask('/images/generations', { model, prompt: 'A lighthouse', stream: true, ...request })

describe('images', () => {
  test('are small PNGs that can be opened', async () => {
    const { data, created } = await draw({ prompt: 'A lighthouse' })
    const png = Buffer.from(data[0].b64_json, 'base64')
    expect(created).toBe(Date.UTC(2026, 0, 1) / 1000)
    expect(png.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n')
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([64, 64])
    expect(pixelsOf(png)).toHaveLength(64 * 9)
  })

  test('are the same for the same prompt only, and differ among n', async () => {
    const [one, again, other] = [
      await draw({ prompt: 'a', n: 2 }),
      await draw({ prompt: 'a', n: 2 }),
      await draw({ prompt: 'b' }),
    ]
    expect(one).toEqual(again)
    expect(one.data[0]).not.toEqual(one.data[1])
    expect(one.data[0]).not.toEqual(other.data[0])
  })

  test('come as a data URL when a URL is wanted', async () => {
    const [inline, linked] = [await draw({ prompt: 'a' }), await draw({ prompt: 'a', response_format: 'url' })]
    expect(linked.data[0].url).toBe(`data:image/png;base64,${inline.data[0].b64_json}`)
  })

  test.each([
    { size: undefined, edges: [64, 64] },
    { size: 'auto', edges: [64, 64] },
    { size: '1792x1024', edges: [1792, 1024] },
    { size: '17x2048', edges: [17, 2048] },
  ])('of the size $size have the edges $edges, and stay small', async ({ size, edges }) => {
    const { data } = await draw({ prompt: 'a', size })
    const png = Buffer.from(data[0].b64_json, 'base64')
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual(edges)
    expect(png.length).toBeLessThan(4000)
    expect(pixelsOf(png)).toHaveLength((edges[1] ?? 0) * (1 + Math.ceil((edges[0] ?? 0) / 8)))
  })

  test('show the same pattern in every size', async () => {
    const [small, large] = [await draw({ prompt: 'a' }), await draw({ prompt: 'a', size: '128x192' })]
    expect(cellsOf(large, 128, 192)).toEqual(cellsOf(small, 64, 64))
  })

  test.each([
    { request: {}, param: 'prompt' },
    { request: { prompt: '' }, param: 'prompt' },
    { request: { prompt: 'a', n: 11 }, param: 'n' },
    { request: { prompt: 'a', response_format: 'gif' }, param: 'response_format' },
    { request: { prompt: 'a', size: 'large' }, param: 'size' },
    { request: { prompt: 'a', size: '4096x4096' }, param: 'size' },
    { request: { prompt: 'a', size: '8x64' }, param: 'size' },
    { request: { prompt: 'a', size: 64 }, param: 'size' },
    { request: { prompt: 'a', size: '2048x2048', n: 6 }, param: 'n' },
    { request: { prompt: 'a', size: '2048x2048', n: 2, stream: true, partial_images: 2 }, param: 'n' },
    { request: { prompt: 'a', stream: true, partial_images: 4 }, param: 'partial_images' },
  ])('are refused for $request', async ({ request, param }) => {
    expect(await draw(request)).toMatchObject({ error: { code: 'invalid_value', param } })
  })
})

describe('a stream of images', () => {
  test('has one event for each image, and no end mark', async () => {
    const { events, headers, end } = await stream({ n: 2, response_format: 'url' })
    const whole = await draw({ prompt: 'A lighthouse', n: 2 })
    expect([headers['content-type'], end]).toEqual(['text/event-stream; charset=utf-8', 'end'])
    expect(events).toMatchObject(
      whole.data.map(({ b64_json }: { b64_json: string }) => ({ type: 'image_generation.completed', b64_json })),
    )
  })

  test('shows each image as it grows, if that is asked for', async () => {
    const { events } = await stream({ partial_images: 2, size: '64x96' })
    expect(events).toMatchObject([
      { type: 'image_generation.partial_image', partial_image_index: 0, size: '64x96' },
      { type: 'image_generation.partial_image', partial_image_index: 1 },
      { type: 'image_generation.completed', usage: { total_tokens: 0 }, output_format: 'png' },
    ])
    const drawn = (events as { b64_json: string }[]).map(({ b64_json }) => {
      const pixels = pixelsOf(Buffer.from(b64_json, 'base64'))
      return pixels.reduce((sum, byte) => sum + (byte === 0 ? 0 : 1), 0)
    })
    expect(drawn).toEqual(drawn.toSorted((a, b) => a - b))
    expect(new Set(drawn).size).toBe(3)
  })

  test.each([
    { fault: 'cut@1', events: 1, end: 'reset' },
    { fault: 'eof@2', events: 2, end: 'end' },
    { fault: 'stall@1', events: 1, end: 'still open' },
    { fault: 'error@1', events: 2, end: 'end' },
    { fault: 'garbage@0', events: 4, end: 'end' },
  ])('breaks at :$fault', async ({ fault, events, end }) => {
    const heard = await stream({ partial_images: 2 }, `speka/sandbox:${fault}`)
    expect({ events: heard.events.length, end: heard.end }).toEqual({ events, end })
  })

  test('reports no usage at :nousage', async () => {
    const { body } = await stream({}, 'speka/sandbox:nousage')
    expect(body).not.toContain('"usage"')
  })
})
