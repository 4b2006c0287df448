import stripTypes from '../support/strip-types.js'
import { current } from './current.ts'

/** Jest's usual transform, but for the source under test, of which it gives out the mutant. */
export default {
  process: (source: string, path: string) =>
    path === current.file ? { code: current.code } : stripTypes.process(source),
  getCacheKey: (source: string, path: string) =>
    stripTypes.getCacheKey(path === current.file ? current.code : source, path),
}
