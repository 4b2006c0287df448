import { workerData } from 'node:worker_threads'
import { answerProjector } from '../../projections/answer-projector.ts'
import { loadDriver } from '../load-driver.ts'
import { failureOf } from '../postgres-failure.ts'
import { projector, type ProjectorData } from './projector.ts'

export type { ProjectorData } from './projector.ts'

const driver = await loadDriver()

answerProjector((news) => projector(driver, { ...(workerData as ProjectorData), ...news }), failureOf)
