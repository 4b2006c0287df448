import { oneOf } from './fields.ts'

/** The plans there are. Others come with what they limit; until then the one without limits is the only one. */
const plans = ['none'] as const

/** A plan by its name. */
export const plan = oneOf(plans)
