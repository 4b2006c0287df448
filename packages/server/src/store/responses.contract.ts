import type { ResponseStore, ResponseToKeep } from './responses.ts'

const response = (over: Partial<ResponseToKeep> = {}): ResponseToKeep => ({
  id: 'r1',
  account: 'acme',
  until: 5000,
  sealed: new Uint8Array([0, 255, 7]),
  ...over,
})

/**
 * How kept responses behave in every store.
 *
 * @param storeOf the store that is open for a test.
 */
export function describeResponses(storeOf: () => { readonly responses: ResponseStore }): void {
  describe('responses', () => {
    let responses: ResponseStore
    beforeEach(() => {
      ;({ responses } = storeOf())
    })

    test('one is there for its account until it ends, byte by byte', async () => {
      await responses.keep(response())
      const sealed = await responses.find('r1', 'acme', 4999)
      expect([...(sealed ?? [])]).toEqual([0, 255, 7])
      expect(await responses.find('r1', 'acme', 5000)).toBeUndefined()
    })

    test('that is another account’s is as one that never was', async () => {
      await responses.keep(response())
      expect(await responses.find('r1', 'other', 0)).toBeUndefined()
      expect(await responses.delete('r1', 'other')).toBe(false)
      expect(await responses.find('r2', 'acme', 0)).toBeUndefined()
      expect(await responses.find('r1', 'acme', 0)).toBeDefined()
    })

    test('one that is deleted is gone, and no other with it', async () => {
      await responses.keep(response())
      await responses.keep(response({ id: 'r2' }))
      expect(await responses.delete('r1', 'acme')).toBe(true)
      expect(await responses.delete('r1', 'acme')).toBe(false)
      expect(await responses.find('r1', 'acme', 0)).toBeUndefined()
      expect(await responses.find('r2', 'acme', 0)).toBeDefined()
    })

    test('one that is kept twice is as it was kept last', async () => {
      await responses.keep(response())
      await responses.keep(response({ sealed: new Uint8Array([1]), until: 6000 }))
      expect([...((await responses.find('r1', 'acme', 5000)) ?? [])]).toEqual([1])
    })

    test('what has ended is thrown away, the oldest first, and no more at once than is wanted', async () => {
      for (const [id, until] of [
        ['c', 3000],
        ['a', 1000],
        ['later', 4001],
        ['b', 2000],
      ] as const)
        await responses.keep(response({ id, until }))
      expect(await responses.deleteEnded(4000, 2)).toBe(2)
      const left = await Promise.all(['a', 'b', 'c', 'later'].map((id) => responses.find(id, 'acme', 0)))
      expect(left.map((each) => each !== undefined)).toEqual([false, false, true, true])
      expect(await responses.deleteEnded(4000, 2)).toBe(1)
      expect(await responses.deleteEnded(4000, 2)).toBe(0)
      expect(await responses.find('later', 'acme', 0)).toBeDefined()
    })

    test('one of several megabytes is kept whole', async () => {
      const sealed = new Uint8Array(4 * 1024 * 1024).map((_, index) => index % 251)
      await responses.keep(response({ sealed }))
      const found = await responses.find('r1', 'acme', 0)
      expect(Buffer.compare(Buffer.from(found ?? []), Buffer.from(sealed))).toBe(0)
    })
  })
}
