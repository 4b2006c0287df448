import fc from 'fast-check'
import { ask } from '../front/ask.fake.ts'
import { done, finish, role, saying, stream, streamHead, word } from './transport.fake.ts'

const renamed = (frames: string): string => frames.replaceAll('"up"', '"a"')

describe('a slow reader', () => {
  test('pauses the upstream until it can take more, and loses nothing', async () => {
    let full = true
    // What one read brings is written together, so the words come one by one.
    const words = ['a', 'b', 'c', 'd'].map((text) => ({ data: word(text), after: 1 }))
    const asked = ask([[streamHead, ...words, { data: finish() + done, after: 1 }, { end: true }]], {
      takes: () => !full,
    })
    await asked.clock.advance(1000)
    expect(asked.sent[0]).toMatchObject({ paused: true, pauses: 1 })
    expect(asked.text).toBe('a')
    asked.run.resume()
    await asked.clock.advance(1000)
    expect(asked.text).toBe('ab')
    full = false
    asked.run.resume()
    await asked.over()
    expect(asked.text).toBe('abcd')
    expect(asked.record.outcome).toBe('complete')
  })

  test('is not taken for a silent upstream', async () => {
    let full = true
    const asked = ask([stream(saying('a', 'b'))], { takes: () => !full })
    await asked.clock.advance(120_000)
    expect(asked.calls).toEqual(['commit', 'write'])
    full = false
    asked.run.resume()
    await asked.over()
    expect(asked.record.outcome).toBe('complete')
  })

  test('does not keep the end from being settled', async () => {
    const asked = ask([[streamHead, { data: saying('a').join('') }, { end: true }]], { takes: () => false })
    await asked.over()
    expect(asked.calls).toEqual(['commit', 'write', 'settle', 'finish'])
    // The connection may end by itself, for the next request to use it.
    expect(asked.sent[0]).toMatchObject({ paused: false, aborted: false })
  })

  test('who never comes back is given up at the deadline', async () => {
    const asked = await ask([stream(saying('a', 'b'))], { takes: () => false }).over()
    expect(asked.error?.code).toBe('upstream_timeout')
    expect(asked.record.durationMs).toBe(600_000)
  })
})

const words = fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 1, maxLength: 5 })

test('a stream cut off at any byte is whole exactly when its finish had arrived', async () => {
  await fc.assert(
    fc.asyncProperty(words, fc.nat(), fc.boolean(), fc.boolean(), async (said, place, clean, finishes) => {
      const ends = finishes ? [finish(), done] : [done]
      const bytes = Buffer.from([role(), ...said.map((text) => word(text)), ...ends].join(''))
      const cut = place % (bytes.length + 1)
      const asked = await ask(
        [[streamHead, { data: bytes.subarray(0, cut) }, clean ? { end: true } : { fail: 'reset' }]],
        {
          config: { routing: { max_attempts: 1 } },
        },
      ).over()
      const ending = Buffer.byteLength(ends.join(''))
      // A clean end stands for the blank line; a reset does not.
      const firstEnd = bytes.length - ending + Buffer.byteLength(ends[0] ?? '') - (clean ? 2 : 0)
      const isWhole = finishes && cut >= firstEnd
      expect(asked.record.outcome === 'complete').toBe(isWhole)
      expect(said.join('').startsWith(asked.text)).toBe(true)
      if (isWhole) expect(asked.text).toBe(said.join(''))
    }),
    { numRuns: 300, interruptAfterTimeLimit: 4000 },
  )
})

test('a stream in many tiny pieces says the same as in one', async () => {
  await fc.assert(
    fc.asyncProperty(words, fc.array(fc.nat(), { maxLength: 40 }), async (said, places) => {
      const bytes = Buffer.from(saying(...said).join(''))
      const cuts = [...new Set([...places.map((place) => place % bytes.length), bytes.length])].toSorted(
        (a, b) => a - b,
      )
      const pieces = cuts.map((to, index) => ({ data: bytes.subarray(cuts[index - 1] ?? 0, to) }))
      const asked = await ask([[streamHead, ...pieces, { end: true }]]).over()
      expect(asked.text).toBe(said.join(''))
      expect(asked.written + asked.tail).toBe(
        renamed([role(), ...said.map((text) => word(text)), finish(), done].join('')),
      )
    }),
  )
})
