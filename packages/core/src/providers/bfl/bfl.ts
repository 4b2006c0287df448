import type { Failure } from '../../failure.ts'
import { asBuffer } from '../../bytes/scan-object.ts'
import { isRecord } from '../../json.ts'
import { badReply } from '../bad-reply.ts'
import { classifyReply } from '../openai-compatible/classify.ts'
import type { Provider, Reply } from '../provider.ts'
import { bflEdits } from './edits.ts'
import { bflImages } from './images.ts'

/** Black Forest Labs: images alone, which are ordered, asked after and fetched. */
export const bfl: Provider = {
  type: 'bfl',
  images: bflImages,
  image_edits: bflEdits,
  // An order is asked after where it was given to, such as api.us1.bfl.ai.
  hosts: ['api.*.bfl.ai'],
  classify: (reply) => (isLostOrder(reply) ? lostOrder : classifyReply(reply)),
}

const lostOrder: Failure = badReply('has lost the order')

/** A 404 that says nothing of the model. */
function isLostOrder({ status, body }: Reply): boolean {
  if (status !== 404) return false
  try {
    const value: unknown = JSON.parse(asBuffer(body).toString('utf8'))
    return isRecord(value) && value['status'] === 'Task not found'
  } catch {
    return false
  }
}
