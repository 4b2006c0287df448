// Retrieval with LlamaIndex.TS: an index over documents, and a query engine that streams its answer.
import { createGateway, formatUsd, picoUsd } from '@speka/core/node'
import { SpekaEmbedding, SpekaLLM } from '@speka/llamaindex'
import { Document, Settings, VectorStoreIndex } from 'llamaindex'

// With SPEKA_API_KEY set, calls go to that gateway. Without, the sandbox answers in this process.
let cost = 0n
const onUsage = ({ charge = picoUsd(0n) }): void => void (cost += charge)
const gateway = createGateway(process.env['SPEKA_API_KEY'] === undefined ? { config: {}, onUsage } : { onUsage })
const [model = 'speka/sandbox', embeddingModel = 'speka/sandbox'] = process.argv.slice(2)

Settings.llm = new SpekaLLM({ model, gateway })
Settings.embedModel = new SpekaEmbedding({ model: embeddingModel, gateway })

const texts = [
  'To reset your password, open the settings and choose "Reset password".',
  'Invoices are sent by mail at the end of each month.',
  'Our office is open from Monday to Friday, nine to five.',
]
const index = await VectorStoreIndex.fromDocuments(texts.map((text) => new Document({ text })))
const engine = index.asQueryEngine({ similarityTopK: 1 })

for await (const { delta } of await engine.query({ query: 'How do I reset my password?', stream: true })) {
  process.stdout.write(delta)
}
console.log(`\ncost ${formatUsd(picoUsd(cost))} USD`)
