import { SpekaError } from '@speka/core'
import { Availability } from './availability.ts'

const gone = new SpekaError('storage_unavailable', 'The file is gone.')
const full = new SpekaError('storage_unavailable', 'The disk is full.')

/** An availability on a clock that the test moves, and what it did: looked (`check`), tried (`write`) or told. */
function watched() {
  const did: string[] = []
  const world = { check: undefined as SpekaError | undefined, write: undefined as SpekaError | undefined }
  const timers: { at: number; run(): void }[] = []
  let now = 0
  const attempt = (what: 'check' | 'write') => async () => {
    did.push(what)
    if (world[what] !== undefined) throw world[what]
  }
  const availability = new Availability({
    check: attempt('check'),
    tryWriting: attempt('write'),
    onChange: (trouble) => did.push(trouble?.message ?? 'well again'),
    clock: {
      after(ms, run) {
        const timer = { at: now + ms, run }
        timers.push(timer)
        return () => void timers.splice(timers.indexOf(timer), 1)
      },
    },
  })
  availability.watch()
  return {
    availability,
    world,
    timers,
    did,
    /** Lets time pass, and all that comes of it happen. */
    async pass(ms: number) {
      now += ms
      for (const timer of timers.filter(({ at }) => at <= now)) {
        timers.splice(timers.indexOf(timer), 1)
        timer.run()
      }
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
}

describe('whether records can be kept', () => {
  test('is looked at twice a second, and nothing is written as long as all is well', async () => {
    const { availability, did, pass } = watched()
    await pass(499)
    expect(did).toEqual([])
    await pass(1)
    await pass(500)
    expect(did).toEqual(['check', 'check'])
    expect(availability.trouble).toBeUndefined()
  })

  test('is no once a record could not be, told once, until a write succeeds', async () => {
    const { availability, did, pass, world } = watched()
    world.write = full
    availability.failed(full)
    availability.failed(gone)
    expect(availability.trouble).toBe(full)
    await pass(500)
    await pass(500)
    expect(availability.trouble).toBe(full)
    world.write = undefined
    await pass(500)
    expect(availability.trouble).toBeUndefined()
    await pass(500)
    expect(did).toEqual(['The disk is full.', 'write', 'write', 'write', 'well again', 'check'])
  })

  test('is no as soon as the look at the files says so', async () => {
    const { availability, did, pass, world } = watched()
    world.check = gone
    await pass(500)
    expect(availability.trouble).toBe(gone)
    expect(did).toEqual(['check', 'The file is gone.'])
  })

  test('is not looked at any more once it is closed', async () => {
    const { availability, did, pass, timers } = watched()
    availability.close()
    expect(timers).toEqual([])
    await pass(1000)
    availability.failed(full)
    expect(did).toEqual([])
  })
})
