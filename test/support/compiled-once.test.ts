import vm from 'node:vm'
import { functionsCompiledOnce, modulesCompiledOnce } from './compiled-once.ts'

/** Modules, each with the code that V8 was given for it. */
const watchedModules = () => {
  const given: boolean[] = []
  class Watched extends vm.SourceTextModule {
    constructor(source: string, options: vm.SourceTextModuleOptions = {}) {
      super(source, options)
      given.push(options.cachedData !== undefined)
    }
  }
  return { given, Module: modulesCompiledOnce(Watched) }
}

async function valueOf(module: vm.SourceTextModule): Promise<unknown> {
  await module.link(() => Promise.reject(new Error('nothing to link')))
  await module.evaluate()
  return (module.namespace as { value?: unknown }).value
}

/** `compile`, and whether it was given code each time. */
const watchedCompile = () => {
  const given: boolean[] = []
  const compile = functionsCompiledOnce((source, parameters, options) => {
    given.push(options?.cachedData !== undefined)
    return vm.compileFunction(source, parameters, options)
  })
  return { given, compile }
}

describe('a module', () => {
  test('is compiled once, and is another one in every context', async () => {
    const { given, Module } = watchedModules()
    const source = 'export const value = {}'
    const load = () => new Module(source, { identifier: 'a.js', context: vm.createContext({}) })
    const [one, other] = [load(), load()]
    expect(given).toEqual([false, true])
    expect(one).toBeInstanceOf(vm.SourceTextModule)
    expect(await valueOf(one)).not.toBe(await valueOf(other))
  })

  test('that has changed is compiled again', async () => {
    const { given, Module } = watchedModules()
    const load = (value: number) => new Module(`export const value = ${value}`, { identifier: 'a.js' })
    expect([await valueOf(load(1)), await valueOf(load(2)), await valueOf(load(2))]).toEqual([1, 2, 2])
    expect(given).toEqual([false, false, true])
  })

  test('of no name is compiled each time', () => {
    const { given, Module } = watchedModules()
    expect([new Module('1'), new Module('1')]).toHaveLength(2)
    expect(given).toEqual([false, false])
  })

  test('is compiled again when V8 does not take what it made before', async () => {
    let refusals = 0
    class Refusing extends vm.SourceTextModule {
      constructor(source: string, options: vm.SourceTextModuleOptions = {}) {
        if (options.cachedData !== undefined) {
          refusals += 1
          throw Object.assign(new Error('rejected'), { code: 'ERR_VM_MODULE_CACHED_DATA_REJECTED' })
        }
        super(source, options)
      }
    }
    const Module = modulesCompiledOnce(Refusing)
    const load = () => new Module('export const value = 1', { identifier: 'a.js' })
    expect([await valueOf(load()), await valueOf(load()), refusals]).toEqual([1, 1, 1])
  })

  test('with an error in it says so each time', () => {
    const { Module } = watchedModules()
    for (let time = 0; time < 2; time += 1) {
      expect(() => new Module('export const =', { identifier: 'a.js' })).toThrow(/Unexpected token/)
    }
  })
})

describe('a function', () => {
  test('is compiled once, and again when it has changed', () => {
    const { given, compile } = watchedCompile()
    const answer = (source: string): unknown => compile(source, ['a'], { filename: 'a.cjs' })(20)
    const sources = ['return a + 1', 'return a + 1', 'return a + 2', 'return a + 2']
    expect(sources.map(answer)).toEqual([21, 21, 22, 22])
    expect(given).toEqual([false, true, false, true])
  })

  test('of no name is compiled each time', () => {
    const { given, compile } = watchedCompile()
    expect(['return 1', 'return 1'].map((source) => compile(source)() as unknown)).toEqual([1, 1])
    expect(given).toEqual([false, false])
  })

  test('is compiled again when V8 does not take what it made before', () => {
    const given: boolean[] = []
    const compile = functionsCompiledOnce((source, parameters, options) => {
      given.push(options?.cachedData !== undefined)
      const refused = options?.cachedData === undefined ? {} : { cachedDataRejected: true }
      return Object.assign(vm.compileFunction(source, parameters, options), refused)
    })
    const answer = (): unknown => compile('return 1', [], { filename: 'a.cjs' })()
    expect([answer(), answer(), answer()]).toEqual([1, 1, 1])
    expect(given).toEqual([false, true, false])
  })
})
