import { isUtf8 } from 'node:buffer'
import { readInSlices } from './read-in-slices.ts'

test('between the slices of a large body others get their turns', async () => {
  const texts = Array.from({ length: 30_000 }, (_, index) => ({ [`k${index}`]: index }))
  const body = Buffer.from(JSON.stringify({ model: 'a', texts }))
  let turns = 0
  const { parsed } = await readInSlices(body, { isUtf8 }, async () => {
    turns += 1
  })
  expect(parsed?.value).toEqual({ model: 'a', texts })
  expect(turns).toBeGreaterThan(10)
})

test('a body that is refused is refused', async () => {
  const body = Buffer.from(`{"model":"a","x":[${'1,'.repeat(500_001)}1]}`)
  await expect(readInSlices(body, { isUtf8 })).rejects.toMatchObject({ code: 'invalid_json' })
})
