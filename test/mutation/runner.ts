import { setTimeout as wait } from 'node:timers/promises'
import jestRunner, { type Test, type TestWatcher } from 'jest-runner'
import { current } from './current.ts'

// Its types are of its CommonJS build, whose default export is one deeper than that of the ES module which Node loads.
const TestRunner = jestRunner as unknown as typeof jestRunner.default

/** What the runner is sent: run these test files on this program. */
export interface Job {
  /** The source that is replaced, as an absolute path, or '' to replace nothing. */
  readonly file: string
  readonly code: string
  /** Test files, as absolute paths, in the order to try. */
  readonly tests: readonly string[]
}

/** What it answers: the first test that failed, if any did. */
export interface Outcome {
  readonly failed: string | undefined
}

/**
 * Jest's runner, kept: starting Jest takes longer than most of our tests, so one that has started takes jobs from its parent
 * process, one after the other, and runs each file in an environment of its own as always.
 */
export default class MutationRunner extends TestRunner {
  #jobs = 0

  override async runTests(tests: Test[], watcher: TestWatcher): Promise<void> {
    const byPath = new Map(tests.map((test) => [test.path, test]))
    process.on('message', (job: Job) => {
      void this.#run(job, byPath, watcher).then((outcome) => process.send?.(outcome))
    })
    process.send?.('ready')
    // Until its parent ends it.
    while (process.connected) await wait(1000)
  }

  async #run({ file, code, tests }: Job, byPath: ReadonlyMap<string, Test>, watcher: TestWatcher): Promise<Outcome> {
    current.file = file
    current.code = code
    this.#jobs += 1
    for (const path of tests) {
      const test = byPath.get(path)
      if (test === undefined) return { failed: `There is no test file ${path}.` }
      // Jest remembers what became of a file for as long as neither that nor the configuration changes.
      const config = { ...test.context.config, globals: { job: this.#jobs } }
      const failed = await this.#runFile({ ...test, context: { ...test.context, config } }, watcher)
      if (failed !== undefined) return { failed }
    }
    return { failed: undefined }
  }

  async #runFile(test: Test, watcher: TestWatcher): Promise<string | undefined> {
    let failed: string | undefined
    const runner = new TestRunner(this._globalConfig, this._context)
    runner.on('test-file-success', ([, { testResults, testExecError }]) => {
      if (testExecError != null) failed = `${test.path} cannot be run`
      failed ??= testResults.find(({ status }) => status === 'failed')?.fullName
    })
    runner.on('test-file-failure', () => {
      failed = `${test.path} cannot be run`
    })
    await runner.runTests([test], watcher, { serial: true })
    return failed
  }
}
