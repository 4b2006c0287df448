import type { NodeRun, Item, WorkflowRun } from '../support/n8n/runs.ts'
import type { NodeSketch, Workflow } from '../support/n8n/workflow.ts'
import type { ScriptedUpstream } from '../support/scripted-upstream.ts'
import type { Gateway } from '../support/spawn-gateway.ts'
import type { ServerFindings } from './on-the-server.ts'

/** What the workflows have around them. */
export interface World {
  readonly gateway: Gateway
  /** Serves `acme/recorder`, and remembers what it was asked. */
  readonly upstream: ScriptedUpstream
  /** What became of each workflow of the batch, by its name. */
  readonly runs: Readonly<Record<string, WorkflowRun>>
  /** What was seen of a server. */
  readonly server: ServerFindings
  /** What the gateway keeps of a request. */
  recordOf(requestId: unknown): Promise<Record<string, unknown>>
}

/** Some workflows, and what must have become of them. */
export interface Topic {
  readonly name: string
  readonly workflows: readonly Workflow[]
  /** Defines the tests; the world is there when they run. */
  readonly tests: (world: () => World) => void
}

/** Stands in a workflow for where the gateway is: that is not known when workflows are written down. */
export const GATEWAY = 'http://gateway.test'

/** Stands in a workflow for the gateway's key. */
export const KEY = 'key-of-the-gateway'

/** Credentials by the ids under which they are imported. */
export const credential = {
  speka: { spekaApi: { id: 'speka', name: 'Speka' } },
  wrongKey: { spekaApi: { id: 'spekaWrongKey', name: 'Speka, a wrong key' } },
  down: { spekaApi: { id: 'spekaDown', name: 'Speka, not running' } },
  notAGateway: { spekaApi: { id: 'spekaNotAGateway', name: 'Speka, another address' } },
  ofItem: { spekaApi: { id: 'spekaOfItem', name: 'Speka, by expressions' } },
  openAi: { openAiApi: { id: 'openAi', name: 'OpenAI, at Speka' } },
  anthropic: { anthropicApi: { id: 'anthropic', name: 'Anthropic, at Speka' } },
} as const

/** A model by its id, as the editor keeps it. */
export const byId = (id: string): object => ({ __rl: true, mode: 'id', value: id })

export const start: NodeSketch = { name: 'Start', type: 'n8n-nodes-base.manualTrigger' }

/** One item for each of the objects. */
export const items = (...list: readonly object[]): [NodeSketch, NodeSketch] => [
  {
    name: 'List',
    type: 'n8n-nodes-base.set',
    typeVersion: 3.4,
    parameters: { mode: 'raw', jsonOutput: JSON.stringify({ list }) },
  },
  { name: 'Items', type: 'n8n-nodes-base.splitOut', parameters: { fieldToSplitOut: 'list', options: {} } },
]

/** The action node with an operation of chat. */
export const chat = (model: string, content: string, more: Readonly<Record<string, unknown>> = {}): NodeSketch => ({
  name: 'Speka',
  type: 'n8n-nodes-speka.speka',
  credentials: credential.speka,
  parameters: {
    resource: 'chat',
    operation: 'message',
    model: byId(model),
    messages: { values: [{ role: 'user', content }] },
    ...more,
  },
})

export const speka = (
  resource: string,
  operation: string,
  parameters: Readonly<Record<string, unknown>>,
): NodeSketch => ({
  name: 'Speka',
  type: 'n8n-nodes-speka.speka',
  credentials: credential.speka,
  parameters: { resource, operation, ...parameters },
})

export const chatModel = (model: string, more: Readonly<Record<string, unknown>> = {}, name = 'Model'): NodeSketch => ({
  name,
  type: 'n8n-nodes-speka.lmChatSpeka',
  credentials: credential.speka,
  parameters: { model: byId(model), options: {}, ...more },
})

export const agent = (text: string, more: Readonly<Record<string, unknown>> = {}): NodeSketch => ({
  name: 'Agent',
  type: '@n8n/n8n-nodes-langchain.agent',
  typeVersion: 3.1,
  parameters: { promptType: 'define', text, options: {}, ...more },
})

/** All runs of a node. */
export function runsOf({ runs }: World, workflow: string, node: string): readonly NodeRun[] {
  const run = runs[workflow]
  if (run === undefined) throw new Error(`Workflow ${workflow} was not in the batch.`)
  return run.nodes[node] ?? []
}

/** What a node put out at last. */
export function outputOf(world: World, workflow: string, node: string, output = 0): readonly Item[] {
  const last = runsOf(world, workflow, node).at(-1)
  if (last?.data === undefined) {
    const { error } = world.runs[workflow] ?? {}
    throw new Error(
      `${node} of ${workflow} put nothing out: ${error?.message ?? last?.error?.message ?? 'it did not run'}`,
    )
  }
  return Object.values(last.data)[0]?.[output] ?? []
}

/** The JSON of a node's only item. */
export function jsonOf(world: World, workflow: string, node: string): Record<string, unknown> {
  const [item] = outputOf(world, workflow, node)
  if (item === undefined) throw new Error(`${node} of ${workflow} put out no item.`)
  return item.json
}

/** The error that a node ended with. */
export function errorOf(world: World, workflow: string, node: string): Readonly<Record<string, unknown>> {
  const { error } = runsOf(world, workflow, node).at(-1) ?? {}
  if (error === undefined) throw new Error(`${node} of ${workflow} did not fail.`)
  return error
}

/** The requests that reached the recorder with some words in them, in order. */
export const requestsWith = ({ upstream }: World, words: string): Record<string, unknown>[] =>
  upstream.seen
    .filter(({ body }) => body.includes(words))
    .map(({ body }) => JSON.parse(body) as Record<string, unknown>)
