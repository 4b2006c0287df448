import { mintRequestId } from './uuid.ts'

describe('request ids', () => {
  test('are UUIDs of version 7 that carry their time', () => {
    const id = mintRequestId(Date.UTC(2026, 10, 22))
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).toBe(Date.UTC(2026, 10, 22))
  })

  test('are never minted twice', () => {
    const ids = new Set(Array.from({ length: 10_000 }, () => mintRequestId(1)))
    expect(ids.size).toBe(10_000)
  })
})
