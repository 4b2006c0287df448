import { inflateSync } from 'node:zlib'
import { openSandbox } from './ask.fake.ts'

const draw = async (request: object) => {
  const { body } = await openSandbox().ask('/images/generations', { model: 'speka/sandbox', ...request })
  return JSON.parse(body)
}

describe('images', () => {
  test('are small PNGs that can be opened', async () => {
    const { data, created } = await draw({ prompt: 'A lighthouse' })
    const png = Buffer.from(data[0].b64_json, 'base64')
    expect(created).toBe(Date.UTC(2026, 0, 1) / 1000)
    expect(png.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n')
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([64, 64])
    const at = png.indexOf('IDAT')
    const pixels = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)))
    expect(pixels).toHaveLength(64 * 9)
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

  test.each([{}, { prompt: '' }, { prompt: 'a', n: 11 }, { prompt: 'a', response_format: 'gif' }])(
    'are refused for %j',
    async (request) => {
      expect(await draw(request)).toMatchObject({ error: { code: 'invalid_value' } })
    },
  )
})
