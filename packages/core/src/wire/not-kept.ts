import { SpekaError } from '../errors.ts'

/** One answer for what was never there, is gone, or is another's: it tells nobody which. */
export const notKept = (): SpekaError =>
  new SpekaError(
    'previous_response_not_found',
    'No response with this id can be continued with this key and this model. Send the whole conversation as "input" instead.',
    { param: 'previous_response_id' },
  )

/** The same of a response that is asked about. */
export const responseNotKept = (): SpekaError =>
  new SpekaError(
    'response_not_found',
    'No response with this id is kept for this account. One that is kept can be asked about by the id that this gateway has told, until it ends or is deleted.',
  )
