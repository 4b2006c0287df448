import type vm from 'node:vm'

/** What V8 made of a source text. */
interface Compiled {
  readonly source: string
  readonly code: Buffer
}

// Node's types lack it.
type CompiledModule = vm.SourceTextModule & { createCachedData(): Buffer }

type ModuleClass = typeof vm.SourceTextModule
type CompileFunction = typeof vm.compileFunction

/**
 * A class of modules that has V8 compile a file once, however many contexts it is loaded in: Jest loads everything anew for each test
 * file. A file that has changed is compiled again.
 */
export function modulesCompiledOnce(modules: ModuleClass): ModuleClass {
  const compiled = new Map<string, Compiled>()
  return new Proxy(modules, {
    construct(target, [source, options]: ConstructorParameters<ModuleClass>, newTarget) {
      const name = options?.identifier
      if (name === undefined || options?.cachedData !== undefined)
        return Reflect.construct(target, [source, options], newTarget) as object
      const code = codeOf(compiled, name, source)
      if (code !== undefined) {
        try {
          return Reflect.construct(target, [source, { ...options, cachedData: code }], newTarget) as object
        } catch (error) {
          if (!isRejected(error)) throw error
        }
      }
      const made = Reflect.construct(target, [source, options], newTarget) as CompiledModule
      compiled.set(name, { source, code: made.createCachedData() })
      return made
    },
  })
}

/** {@link modulesCompiledOnce}, for CommonJS. */
export function functionsCompiledOnce(compile: CompileFunction): CompileFunction {
  const compiled = new Map<string, Compiled>()
  return (source, parameters, options) => {
    const name = options?.filename
    if (name === undefined || options?.cachedData !== undefined) return compile(source, parameters, options)
    const code = codeOf(compiled, name, source)
    // Code that V8 does not take it makes anew, and says so.
    const made = compile(source, parameters, { ...options, ...(code === undefined ? FIRST : { cachedData: code }) })
    if (made.cachedData !== undefined) compiled.set(name, { source, code: made.cachedData })
    else if (made.cachedDataRejected === true) compiled.delete(name)
    return made
  }
}

const FIRST = { produceCachedData: true }

function codeOf(compiled: ReadonlyMap<string, Compiled>, name: string, source: string): Buffer | undefined {
  const found = compiled.get(name)
  return found?.source === source ? found.code : undefined
}

/** V8 takes code only under the flags that it was made under, and a test may set flags. */
function isRejected(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_VM_MODULE_CACHED_DATA_REJECTED'
}
