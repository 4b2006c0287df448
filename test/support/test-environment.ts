import vm from 'node:vm'
import jestEnvironment from 'jest-environment-node'
import { functionsCompiledOnce, modulesCompiledOnce } from './compiled-once.ts'

// A process loads this once and then runs many test files. Most of what each of them loads, the others have loaded.
Object.assign(vm, {
  SourceTextModule: modulesCompiledOnce(vm.SourceTextModule),
  compileFunction: functionsCompiledOnce(vm.compileFunction),
})

/** Jest's `testEnvironment`: Node, where a file that several tests load is compiled once. */
export default jestEnvironment
