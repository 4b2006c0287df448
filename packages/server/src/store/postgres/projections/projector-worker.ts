import { workerData } from 'node:worker_threads'
import { answerProjector } from '../../projections/answer-projector.ts'
import { failureOf } from '../postgres-failure.ts'
import { projector, type ProjectorData } from './projector.ts'

export type { ProjectorData } from './projector.ts'

// Whoever starts this has it already, or has said that it is missing. The engine itself is not loaded here: it would take a second, and room.
const { default: driver } = await import('pg')

answerProjector((news) => projector(driver, { ...(workerData as ProjectorData), ...news }), failureOf)
