import type { INodeProperties } from 'n8n-workflow'

export const DEFAULT_AT_ONCE = 4

/** Read once for a run, from the first item. */
export const concurrencyOption: INodeProperties = {
  displayName: 'Items at Once',
  name: 'concurrency',
  type: 'number',
  typeOptions: { minValue: 1, maxValue: 64 },
  default: DEFAULT_AT_ONCE,
  description: 'How many items are asked for at the same time. They come out in the order they went in.',
}
