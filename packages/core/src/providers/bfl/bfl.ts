import { classifyReply } from '../openai-compatible/classify.ts'
import type { Provider } from '../provider.ts'
import { bflImages } from './images.ts'

/** Black Forest Labs: images alone, which are ordered, asked after and fetched. */
export const bfl: Provider = {
  type: 'bfl',
  images: bflImages,
  // An order is asked after where it was given to, such as api.us1.bfl.ai.
  hosts: ['api.*.bfl.ai'],
  classify: classifyReply,
}
