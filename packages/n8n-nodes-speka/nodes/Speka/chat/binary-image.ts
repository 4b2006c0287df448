import { NodeOperationError } from 'n8n-workflow'
import type { ActionContext } from '../action.ts'

/**
 * An image from a binary field of the item, as an address that carries it.
 *
 * @throws NodeOperationError when there is no such field, or something else is in it
 */
export async function binaryImage(field: string, { n8n, itemIndex }: ActionContext): Promise<string> {
  const present = n8n.getInputData()[itemIndex]?.binary ?? {}
  const data = present[field]
  if (data === undefined) {
    const names = Object.keys(present)
    throw new NodeOperationError(n8n.getNode(), `There is no binary field "${field}" with an image.`, {
      itemIndex,
      description:
        names.length === 0
          ? 'The item has no binary data at all. Read or download a file in a node before this one.'
          : `The item has ${names.map((name) => `"${name}"`).join(', ')}.`,
    })
  }
  if (!data.mimeType.startsWith('image/')) {
    throw new NodeOperationError(n8n.getNode(), `The binary field "${field}" is not an image.`, {
      itemIndex,
      description: `It holds ${data.mimeType}. A model can be shown PNG, JPEG, WebP or GIF; take the text out of other files first.`,
    })
  }
  const bytes = await n8n.helpers.getBinaryDataBuffer(itemIndex, field)
  return `data:${data.mimeType};base64,${bytes.toString('base64')}`
}
