import { openMemoryStore } from './open-store.ts'
import { describeStore } from '../store.contract.ts'

describeStore('memory', async (options) => openMemoryStore(options))
