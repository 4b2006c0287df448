import { SpekaError } from '@speka/core'

/** What a caller is told whose answer a stop cuts off. */
export const stoppingError = (): SpekaError =>
  new SpekaError('server_shutdown', 'The gateway is stopping before this answer was finished. Try again.')
