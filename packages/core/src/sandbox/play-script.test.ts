import type { Exchange, ReplySink, TransportFailure } from '../transport.ts'
import { createFakeClock } from './clock.fake.ts'
import { playScript, type Script, single } from './play-script.ts'

const letters = (text: string) => ({ count: text.length, at: (index: number) => Buffer.from(text[index] ?? '') })

const script = (changes: Partial<Script> = {}): Script => ({
  head: { status: 200, headers: {} },
  body: [letters('abc'), single(Buffer.from('!'))],
  ending: 'end',
  ...changes,
})

/** Plays, and writes down what the sink hears; `react` may use the exchange on the way. */
function listen(written: Script | (() => Script), react: (heard: string, exchange: Exchange) => void = () => {}) {
  const clock = createFakeClock()
  const heard: string[] = []
  let failure: TransportFailure | undefined
  const hear = (what: string) => {
    heard.push(what)
    react(what, exchange)
  }
  const sink: ReplySink = {
    head: (status) => hear(`head ${status}`),
    data: (chunk) => hear(Buffer.from(chunk).toString()),
    end: () => hear('end'),
    fail: (told) => {
      failure = told
      hear(`fail ${told.kind}`)
    },
  }
  const exchange = playScript(clock, typeof written === 'function' ? written : () => written, sink)
  return { clock, heard, exchange, failure: () => failure }
}

describe('playing a script', () => {
  test('says nothing before the call has returned', async () => {
    const { clock, heard } = listen(script())
    expect(heard).toEqual([])
    await clock.advance(0)
    expect(heard).toEqual(['head 200', 'a', 'b', 'c', '!', 'end'])
  })

  test.each([
    { ending: 'end', heard: ['head 200', 'end'] },
    { ending: 'reset', heard: ['head 200', 'fail reset'] },
    { ending: 'silence', heard: ['head 200'] },
  ] as const)('ends with $ending', async ({ ending, heard }) => {
    const played = listen(script({ body: [], ending }))
    await played.clock.advance(60_000)
    expect(played.heard).toEqual(heard)
  })

  test('a refused connection was never sent to', async () => {
    const { clock, failure } = listen({ body: [], ending: 'refused' })
    await clock.advance(0)
    expect(failure()).toMatchObject({ kind: 'refused', sent: false })
  })

  test('waits before the head and paces the chunks', async () => {
    const { clock, heard } = listen(script({ waitMs: 500, paceMs: 30 }))
    await clock.advance(499)
    expect(heard).toEqual([])
    await clock.advance(1)
    expect(heard).toEqual(['head 200'])
    await clock.advance(60)
    expect(heard).toEqual(['head 200', 'a', 'b'])
    await clock.advance(60)
    expect(heard.at(-1)).toBe('end')
  })

  test('a script that cannot be written is a failure, not a crash', async () => {
    const { clock, heard } = listen(() => {
      throw new Error('no')
    })
    await clock.advance(0)
    expect(heard).toEqual(['fail other'])
  })
})

describe('pausing', () => {
  test('holds everything back and goes on where it stopped', async () => {
    const { clock, heard, exchange } = listen(script(), (what, exchange) => {
      if (what === 'b') exchange.pause()
    })
    await clock.advance(1000)
    expect(heard).toEqual(['head 200', 'a', 'b'])
    exchange.resume()
    expect(heard).toHaveLength(3)
    await clock.advance(0)
    expect(heard).toEqual(['head 200', 'a', 'b', 'c', '!', 'end'])
  })

  test('and resuming at once loses and repeats nothing', async () => {
    const { clock, heard } = listen(script(), (_, exchange) => {
      exchange.pause()
      exchange.pause()
      exchange.resume()
      exchange.resume()
    })
    await clock.advance(0)
    expect(heard).toEqual(['head 200', 'a', 'b', 'c', '!', 'end'])
  })

  test('before anything came holds the body, and a late timer keeps its place', async () => {
    const { clock, heard, exchange } = listen(script({ waitMs: 10, paceMs: 30 }))
    exchange.pause()
    exchange.resume()
    exchange.pause()
    await clock.advance(500)
    expect(heard).toEqual(['head 200'])
    exchange.resume()
    await clock.advance(30)
    exchange.pause()
    await clock.advance(500)
    expect(heard).toEqual(['head 200', 'a'])
    exchange.resume()
    await clock.advance(0)
    expect(heard).toEqual(['head 200', 'a', 'b'])
  })

  test('holds back the end as well', async () => {
    const { clock, heard, exchange } = listen(script(), (what, exchange) => {
      if (what === '!') exchange.pause()
    })
    await clock.advance(0)
    expect(heard.at(-1)).toBe('!')
    exchange.resume()
    await clock.advance(0)
    expect(heard.at(-1)).toBe('end')
  })
})

describe('aborting', () => {
  test.each([
    { when: 'at the head', at: 'head 200', heard: ['head 200', 'fail aborted'] },
    { when: 'amid the body', at: 'b', heard: ['head 200', 'a', 'b', 'fail aborted'] },
  ])('$when is heard once, and nothing after it', async ({ at, heard }) => {
    const played = listen(script(), (what, exchange) => {
      if (what !== at) return
      exchange.abort()
      exchange.abort()
    })
    await played.clock.advance(1000)
    expect(played.heard).toEqual(heard)
    expect(played.failure()).toMatchObject({ sent: true })
  })

  test('before anything was asked sends nothing', async () => {
    const { clock, heard, exchange, failure } = listen(() => {
      throw new Error('was written all the same')
    })
    exchange.abort()
    expect(heard).toEqual([])
    await clock.advance(0)
    expect(failure()).toMatchObject({ kind: 'aborted', sent: false })
  })

  test.each([
    { during: 'the wait', written: script({ waitMs: 500 }) },
    { during: 'the pace', written: script({ paceMs: 30 }) },
    { during: 'the silence', written: script({ ending: 'silence' }) },
  ])('during $during leaves no timer', async ({ written }) => {
    const { clock, heard, exchange } = listen(written)
    await clock.advance(1)
    exchange.abort()
    await clock.advance(60_000)
    expect(heard.filter((what) => what.startsWith('fail'))).toEqual(['fail aborted'])
    expect(clock.pending()).toBe(0)
  })

  test('while paused is heard', async () => {
    const { clock, heard, exchange } = listen(script(), (what, exchange) => {
      if (what === 'a') exchange.pause()
    })
    await clock.advance(0)
    exchange.abort()
    await clock.advance(0)
    expect(heard).toEqual(['head 200', 'a', 'fail aborted'])
  })

  test('after the end does nothing', async () => {
    const { clock, heard, exchange } = listen(script())
    await clock.advance(0)
    exchange.abort()
    exchange.resume()
    await clock.advance(0)
    expect(heard.at(-1)).toBe('end')
  })
})

test('a long body lets timers have their turn', async () => {
  const { clock, heard } = listen(script({ body: [{ count: 5000, at: () => Buffer.from('x') }] }))
  let heardBefore: number | undefined
  clock.after(0, () => (heardBefore ??= heard.length))
  await clock.advance(0)
  expect(heardBefore).toBeLessThan(2000)
  expect(heard).toHaveLength(5002)
})
