/** A workflow as n8n imports it. */
export interface Workflow {
  readonly id: string
  readonly name: string
  readonly active: boolean
  readonly nodes: readonly WorkflowNode[]
  readonly connections: Readonly<Record<string, Readonly<Record<string, readonly (readonly Connection[])[]>>>>
  readonly settings: Readonly<Record<string, unknown>>
}

export interface WorkflowNode {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly typeVersion: number
  readonly position: readonly [number, number]
  readonly parameters: Readonly<Record<string, unknown>>
  readonly credentials?: Readonly<Record<string, { readonly id: string; readonly name: string }>>
  readonly [field: string]: unknown
}

interface Connection {
  readonly node: string
  readonly type: string
  readonly index: number
}

/** A credential as n8n imports it: not yet encrypted. */
export interface Credential {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly data: Readonly<Record<string, unknown>>
}

/** A node as a test writes it down; its id and place are made. */
export type NodeSketch = Pick<WorkflowNode, 'name' | 'type'> & Partial<WorkflowNode>

/** `['A', 'B']`, or for the connections of sub-nodes `['Model', 'Agent', 'ai_languageModel', 1]`. */
export type Wire = readonly [from: string, to: string, type?: string, index?: number]

/** Puts a workflow together from its nodes and wires. A batch takes only ids with a digit in them, so one is added to the name. */
export function workflow(name: string, sketches: readonly NodeSketch[], wires: readonly Wire[]): Workflow {
  const connections: Record<string, Record<string, Connection[][]>> = {}
  for (const [from, to, type = 'main', index = 0] of wires) {
    const outputs = ((connections[from] ??= {})[type] ??= [[]])
    outputs[0]?.push({ node: to, type, index })
  }
  return {
    id: `${name}-0`,
    name,
    active: false,
    nodes: sketches.map((sketch, index) => ({
      id: `${name}-${index}`,
      typeVersion: 1,
      position: [index * 220, 0],
      parameters: {},
      ...sketch,
    })),
    connections,
    settings: { executionOrder: 'v1' },
  }
}
