import { type Finding, type Findings, isRecording, recordedFindings, type Verdict, writeFindings } from './record.ts'

/** What a suite says of each feature. Whoever forgets one is told. */
export interface Findable<Feature extends string> {
  /** It works, as the test shows. A note says what has to be known to make it so. */
  works(feature: Feature, test: () => Promise<void>): void
  works(feature: Feature, note: string, test: () => Promise<void>): void
  /** It does not work, as the test shows, which would fail if it did. */
  fails(feature: Feature, why: string, test: () => Promise<void>): void
  /** The client has no way to ask for them. */
  lacks(features: readonly Feature[], why?: string): void
}

export interface Subject<Feature extends string> extends Omit<Findings, 'features'> {
  /** All that must be said something of, and how each is called in the name of its test. */
  readonly features: ReadonlyMap<Feature, string>
}

/**
 * Runs a suite of which the document has a column. What it says is compared with what is recorded, so that the document
 * cannot say anything else; with `SPEKA_RECORD=1` it is recorded, if all tests pass.
 */
export function describeFindings<Feature extends string>(
  { features, ...subject }: Subject<Feature>,
  suite: (find: Findable<Feature>) => void,
): void {
  const found = new Map<Feature, Finding>()
  let failed = 0

  const say = (feature: Feature, verdict: Verdict, note: string | undefined): void => {
    if (found.has(feature)) throw new Error(`${feature} is there twice.`)
    found.set(feature, note === undefined ? { verdict } : { verdict, note })
  }
  const run = (feature: Feature, verdict: Verdict, run: () => Promise<void>): void => {
    const name = features.get(feature) ?? feature
    test(verdict === 'works' ? name : `${name} (does not work)`, async () => {
      failed += 1
      await run()
      failed -= 1
    })
  }

  describe(subject.name, () => {
    suite({
      works(feature, ...rest: [() => Promise<void>] | [string, () => Promise<void>]) {
        const [note, body] = rest.length === 1 ? [undefined, rest[0]] : rest
        say(feature, 'works', note)
        run(feature, 'works', body)
      },
      fails(feature, why, body) {
        say(feature, 'fails', why)
        run(feature, 'fails', body)
      },
      lacks(lacking, why) {
        for (const feature of lacking) say(feature, 'lacks', why)
      },
    })

    test('is recorded', () => {
      expect([...features.keys()].filter((feature) => !found.has(feature))).toEqual([])
      const inOrder = [...features.keys()].map((feature) => [feature, found.get(feature)])
      const findings: Findings = { ...subject, features: Object.fromEntries(inOrder) }
      if (isRecording && failed === 0) writeFindings(findings)
      expect(recordedFindings(subject.id)).toEqual(findings)
    })
  })
}
