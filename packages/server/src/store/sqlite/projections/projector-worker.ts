import { workerData } from 'node:worker_threads'
import { answerProjector } from '../../projections/answer-projector.ts'
import { failureOf } from '../sqlite-failure.ts'
import { projector, type ProjectorData } from './projector.ts'

export type { ProjectorData } from './projector.ts'

answerProjector((news) => projector({ ...(workerData as ProjectorData), ...news }), failureOf)
