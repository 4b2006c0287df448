import fc from 'fast-check'
import { draws, nearestSize, type SizeLimits } from './nearest-size.ts'

const nvidia: SizeLimits = { least: 768, most: 1344, step: 64 }
const bfl: SizeLimits = { least: 256, most: 1440, step: 32 }

test.each([
  { limits: nvidia, asked: [1024, 1024], drawn: [1024, 1024] },
  { limits: nvidia, asked: [1344, 768], drawn: [1344, 768] },
  { limits: nvidia, asked: [512, 512], drawn: [768, 768] },
  { limits: nvidia, asked: [2048, 2048], drawn: [1344, 1344] },
  { limits: nvidia, asked: [1792, 1024], drawn: [1344, 768] },
  { limits: nvidia, asked: [1024, 1792], drawn: [768, 1344] },
  { limits: nvidia, asked: [1536, 1024], drawn: [1344, 896] },
  { limits: nvidia, asked: [1000, 1000], drawn: [1024, 1024] },
  { limits: nvidia, asked: [256, 4096], drawn: [768, 1344] },
  { limits: nvidia, asked: [1, 1], drawn: [768, 768] },
  { limits: bfl, asked: [1024, 1792], drawn: [832, 1440] },
  { limits: bfl, asked: [256, 256], drawn: [256, 256] },
  { limits: bfl, asked: [64, 128], drawn: [256, 512] },
])('$asked is drawn as $drawn', ({ limits, asked: [width = 0, height = 0], drawn }) => {
  const size = nearestSize({ width, height }, limits)
  expect([size.width, size.height]).toEqual(drawn)
  expect(draws({ width, height }, limits)).toBe(size.width === width && size.height === height)
})

test.each([{ limits: nvidia }, { limits: bfl }])(
  'every size becomes one that is drawn, and stays it: $limits',
  ({ limits }) => {
    const edge = fc.integer({ min: 1, max: 8192 })
    fc.assert(
      fc.property(edge, edge, (width, height) => {
        const size = nearestSize({ width, height }, limits)
        for (const drawn of [size.width, size.height]) {
          expect(drawn).toBeGreaterThanOrEqual(limits.least)
          expect(drawn).toBeLessThanOrEqual(limits.most)
          expect(drawn % limits.step).toBe(0)
        }
        expect(draws(size, limits)).toBe(true)
        if (width > height) expect(size.width).toBeGreaterThanOrEqual(size.height)
        expect(nearestSize({ width: height, height: width }, limits)).toEqual({
          width: size.height,
          height: size.width,
        })
      }),
    )
  },
)
