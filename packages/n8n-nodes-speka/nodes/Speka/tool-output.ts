import type { IDataObject, INodeProperties } from 'n8n-workflow'
import type { Action, ActionContext } from './action.ts'

/** Shown where the node is a tool: there, what comes out is read by a model, which pays for each word of it. */
export const toolOutputFields: INodeProperties[] = [
  {
    displayName: 'Output',
    name: 'toolOutput',
    type: 'options',
    options: [
      { name: 'Simplified', value: 'simple', description: 'The answer, without its cost and how it came about' },
      { name: 'Raw', value: 'raw', description: 'Everything, with the response as it came' },
      { name: 'Selected Fields', value: 'fields', description: 'The fields you name' },
    ],
    default: 'simple',
    displayOptions: { show: { '@tool': [true] } },
    description: 'What the agent is given. Less is cheaper, and easier to read for a model.',
  },
  {
    displayName: 'Fields',
    name: 'toolOutputFields',
    type: 'string',
    default: '',
    placeholder: 'e.g. text, costUsd',
    displayOptions: { show: { '@tool': [true], toolOutput: ['fields'] } },
    description: 'Names of fields of the output, separated by commas',
  },
]

export const simplify: INodeProperties = {
  displayName: 'Simplify',
  name: 'simplify',
  type: 'boolean',
  default: true,
  displayOptions: { hide: { '@tool': [true] } },
  description: 'Whether to return a simplified version of the response instead of the raw data',
}

/** Whether the answer as it came may be left out. */
export const isSimple = ({ n8n, itemIndex }: ActionContext): boolean =>
  choiceOf(n8n, itemIndex) !== 'raw' && n8n.getNodeParameter('simplify', itemIndex, true) === true

/** As much of an output as its reader asked for. */
export function reduced(json: IDataObject, { essentials }: Action, { n8n, itemIndex }: ActionContext): IDataObject {
  switch (choiceOf(n8n, itemIndex)) {
    case 'simple':
      return essentials === undefined ? json : picked(json, essentials)
    case 'fields':
      return picked(json, namesIn(n8n.getNodeParameter('toolOutputFields', itemIndex, '')))
    default:
      return json
  }
}

/** `all` where the node is none of an agent's tools. */
const choiceOf = (n8n: ActionContext['n8n'], itemIndex: number): unknown =>
  n8n.getNodeParameter('toolOutput', itemIndex, 'all')

const namesIn = (list: unknown): string[] =>
  String(list)
    .split(',')
    .map((name) => name.trim())

const picked = (json: IDataObject, names: readonly string[]): IDataObject =>
  Object.fromEntries(Object.entries(json).filter(([name]) => names.includes(name)))
