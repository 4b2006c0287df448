import jestEnvironment from 'jest-environment-node'

// As in `runner.ts`.
const NodeEnvironment = jestEnvironment as unknown as typeof jestEnvironment.default

/** What Jest tells of a file's tests, as far as it matters here. */
interface TestEvent {
  readonly name: string
  readonly test?: { readonly errors: readonly unknown[]; mode?: unknown }
}

/** Node, for a file of which the first failure is all that anybody wants to know: the tests behind it are skipped. */
export default class BailEnvironment extends NodeEnvironment {
  #failed = false

  handleTestEvent({ name, test }: TestEvent): void {
    if (test === undefined) return
    if (name === 'test_done') this.#failed ||= test.errors.length > 0
    else if (name === 'test_start' && this.#failed) test.mode = 'skip'
  }
}
