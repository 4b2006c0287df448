import type { IDataObject, INodeProperties } from 'n8n-workflow'
import { formatChoices, schemaField } from '../../shared/index.ts'

export const outputFields: INodeProperties[] = [
  {
    displayName: 'Output Format',
    name: 'outputFormat',
    type: 'options',
    options: formatChoices,
    default: 'text',
    description: 'What the answer must look like. JSON also comes out parsed, as <code>data</code>.',
  },
  schemaField('outputFormat'),
]

/** The data in a text of JSON, also where a model has put a fence around it; `null` when it is none. */
export function parseAnswer(text: unknown): IDataObject | null {
  if (typeof text !== 'string') return null
  const bare = text.trim().replace(/^```(?:json)?\s*([\s\S]*?)\s*```$/, '$1')
  try {
    return JSON.parse(bare) as IDataObject
  } catch {
    return null
  }
}
