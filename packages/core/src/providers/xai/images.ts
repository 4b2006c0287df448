import type { ImagesCall } from '../../operations/images/images-call.ts'
import { imagesByRules } from '../openai-compatible/images.ts'
import type { ProviderOperation } from '../provider.ts'
import { isSent } from '../sent-parameters.ts'

/** It draws in shapes of its own: `aspect_ratio` and `resolution`. https://docs.x.ai/docs/guides/image-generations */
const LEFT = ['size', 'quality', 'style']

const drawing = imagesByRules({ writes: () => Object.fromEntries(LEFT.map((name) => [name, undefined])) })

export const xaiImages: ProviderOperation<ImagesCall> = {
  ...drawing,
  unsupported: ({ outline }) => LEFT.filter((name) => isSent(outline, name) && outline[name] !== 'auto'),
}
