import { setTimeout as wait } from 'node:timers/promises'
import type { N8n } from '../support/n8n/n8n.ts'
import { signIn, type N8nRest } from '../support/n8n/rest.ts'
import type { WorkflowRun } from '../support/n8n/runs.ts'
import { workflow, type Credential, type Workflow } from '../support/n8n/workflow.ts'
import { PATIENCE_MS } from '../support/patience.ts'
import type { ScriptedUpstream } from '../support/scripted-upstream.ts'
import { agent, chat, chatModel, credential as at } from './topic.ts'

const webhook = (path: string, responseMode: string) => ({
  name: 'Webhook',
  type: 'n8n-nodes-base.webhook',
  typeVersion: 2.1,
  webhookId: path,
  parameters: { httpMethod: 'POST', path, responseMode, options: {} },
})
const wires = [
  ['Webhook', 'Agent'],
  ['Model', 'Agent', 'ai_languageModel'],
] as const

/** Workflows that only a server can run: their triggers are webhooks. */
export const serverWorkflows: readonly Workflow[] = [
  workflow(
    'stream',
    [
      webhook('stream', 'streaming'),
      agent('Tell me something', { options: { enableStreaming: true } }),
      chatModel('speka/sandbox:slow'),
    ],
    wires,
  ),
  workflow(
    'stream-breaks',
    [
      webhook('stream-breaks', 'streaming'),
      agent('Tell me', { options: { enableStreaming: true } }),
      chatModel('speka/sandbox:cut@5'),
    ],
    wires,
  ),
  workflow(
    'stream-limited',
    [
      webhook('stream-limited', 'streaming'),
      agent('What is 2+3?', { options: { enableStreaming: true } }),
      { name: 'Calculator', type: '@n8n/n8n-nodes-langchain.toolCalculator' },
      chatModel('speka/sandbox', { options: { maxCostUsd: 0.01 } }),
    ],
    [...wires, ['Calculator', 'Agent', 'ai_tool']],
  ),
  workflow('stop-agent', [webhook('stop-agent', 'onReceived'), agent('stop-agent'), chatModel('acme/recorder')], wires),
  workflow(
    'stop-node',
    [webhook('stop-node', 'onReceived'), chat('acme/recorder', 'stop-node')],
    [['Webhook', 'Speka']],
  ),
]

/** What was seen of a server while it ran. */
export interface ServerFindings {
  /** What the editor is told of a credential. */
  readonly credentialTests: Readonly<Record<string, { status: string; message: string }>>
  /** What "From list" shows. */
  readonly lists: Readonly<Record<string, readonly { name: string; value: string }[]>>
  /** The lines of the streamed answer, and when each came, in ms from the first. */
  readonly stream: readonly ArrivedLine[]
  readonly brokenStream: readonly Record<string, unknown>[]
  /** Of an agent that asks twice, within a limit of cost. */
  readonly limitedStream: readonly Record<string, unknown>[]
  /** Whether the provider's connection was closed soon after the stop button. */
  readonly stopped: Readonly<Record<string, boolean>>
  /** The executions of {@link serverWorkflows}. */
  readonly runs: Readonly<Record<string, WorkflowRun>>
}

/** Starts the server, does in it what people do, and stops it. */
export async function tryOnServer(
  n8n: N8n,
  upstream: ScriptedUpstream,
  credentials: readonly Credential[],
): Promise<ServerFindings> {
  const { origin } = await n8n.start()
  const rest = await signIn(origin)
  for (const { id } of serverWorkflows) {
    const { versionId } = (await rest.get(`/workflows/${id}`)) as { versionId: string }
    await rest.post(`/workflows/${id}/activate`, { versionId })
  }
  const findings = {
    credentialTests: await testCredentials(rest, credentials),
    lists: await lists(rest),
    stream: await readLines(origin, 'stream'),
    brokenStream: (await readLines(origin, 'stream-breaks')).map(({ line }) => line),
    limitedStream: (await readLines(origin, 'stream-limited')).map(({ line }) => line),
    stopped: {
      agent: await stops(rest, origin, upstream, 'stop-agent'),
      node: await stops(rest, origin, upstream, 'stop-node'),
    },
  }
  await n8n.stop()
  return { ...findings, runs: n8n.runs(serverWorkflows) }
}

/** One after the other, as a person does: at once, they get in each other's way inside n8n. */
async function testCredentials(
  rest: N8nRest,
  credentials: readonly Credential[],
): Promise<ServerFindings['credentialTests']> {
  const results: Record<string, { status: string; message: string }> = {}
  for (const credential of credentials) {
    const result = await rest.post('/credentials/test', { credentials: credential })
    results[credential.id] = result as { status: string; message: string }
  }
  return results
}

async function lists(rest: N8nRest): Promise<ServerFindings['lists']> {
  const search = async (name: string, methodName: string, filter?: string, from: object = at.speka) => {
    const { results } = (await rest.post('/dynamic-node-parameters/resource-locator-results', {
      path: 'parameters.model',
      methodName,
      nodeTypeAndVersion: { name, version: 1 },
      currentNodeParameters: {},
      credentials: from,
      ...(filter !== undefined && { filter }),
    })) as { results: { name: string; value: string }[] }
    return results
  }
  const [ours, model, embeddings] = ['speka', 'lmChatSpeka', 'embeddingsSpeka'].map(
    (name) => `n8n-nodes-speka.${name}`,
  ) as [string, string, string]
  return {
    chat: await search(ours, 'searchChatModels'),
    images: await search(ours, 'searchImageModels'),
    models: await search(model, 'searchChatModels', 'recorder'),
    embeddings: await search(embeddings, 'searchEmbeddingModels'),
    openAi: await search('@n8n/n8n-nodes-langchain.lmChatOpenAi', 'searchModels', undefined, at.openAi),
    anthropic: await search('@n8n/n8n-nodes-langchain.lmChatAnthropic', 'searchModels', undefined, at.anthropic),
    anthropicNode: await search('@n8n/n8n-nodes-langchain.anthropic', 'modelSearch', undefined, at.anthropic),
  }
}

/** A line of a streamed answer, and with which piece of its body it came. */
export interface ArrivedLine {
  readonly piece: number
  readonly line: Record<string, unknown>
}

async function readLines(origin: string, path: string): Promise<ArrivedLine[]> {
  const response = await callWebhook(origin, path)
  const lines: ArrivedLine[] = []
  let piece = 0
  let rest = ''
  for await (const chunk of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
    const parts = (rest + chunk).split('\n')
    rest = parts.pop() ?? ''
    piece += 1
    for (const text of parts.filter((part) => part.trim() !== ''))
      lines.push({ piece, line: JSON.parse(text) as Record<string, unknown> })
  }
  return lines
}

/** A workflow that was activated hears its webhook a moment later. */
async function callWebhook(origin: string, path: string): Promise<Response> {
  const deadline = performance.now() + PATIENCE_MS
  for (;;) {
    const response = await fetch(`${origin}/webhook/${path}`, { method: 'POST' })
    if (response.status !== 404 || performance.now() > deadline) return response
    await response.body?.cancel()
    await wait(100)
  }
}

/** Whether the provider is left when the execution is stopped while it waits for an answer. */
async function stops(rest: N8nRest, origin: string, upstream: ScriptedUpstream, name: string): Promise<boolean> {
  upstream.on('recorder', ['hang'])
  const index = upstream.seen.length
  await callWebhook(origin, name)
  const request = await upstream.request(index)
  const { results } = (await rest.get(`/executions?filter=${encodeURIComponent('{"status":["running"]}')}`)) as {
    results: { id: string; workflowId: string }[]
  }
  const running = results.find(({ workflowId }) => workflowId === `${name}-0`)
  await rest.post(`/executions/${running?.id}/stop`, {})
  return Promise.race([request.whenClosed().then(() => true), wait(PATIENCE_MS, false, { ref: false })])
}
