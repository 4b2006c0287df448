// Retrieval with LangChain: documents become vectors, a question finds the right one, and a model answers by it, streamed.
import { StringOutputParser } from '@langchain/core/output_parsers'
import { ChatPromptTemplate } from '@langchain/core/prompts'
import { FakeVectorStore } from '@langchain/core/utils/testing'
import { createGateway } from '@speka/core/node'
import { ChatSpeka, SpekaCostHandler, SpekaEmbeddings } from '@speka/langchain'

// With SPEKA_API_KEY set, calls go to that gateway. Without, the sandbox answers in this process.
const gateway = process.env['SPEKA_API_KEY'] === undefined ? createGateway({ config: {} }) : undefined
const [model = 'speka/sandbox', embeddingModel = 'speka/sandbox'] = process.argv.slice(2)

const costs = new SpekaCostHandler()
const embeddings = new SpekaEmbeddings({ model: embeddingModel, gateway, costs })

const texts = [
  'To reset your password, open the settings and choose "Reset password".',
  'Invoices are sent by mail at the end of each month.',
  'Our office is open from Monday to Friday, nine to five.',
]
// The smallest store that LangChain has: it keeps vectors in memory.
const store = await FakeVectorStore.fromTexts(texts, [], embeddings)

const question = 'How do I reset my password?'
const [found] = await store.similaritySearch(question, 1)
console.log(`found: ${found?.pageContent}`)

const chain = ChatPromptTemplate.fromTemplate('Answer by this: {context}\nThe question: {question}')
  .pipe(new ChatSpeka({ model, gateway }))
  .pipe(new StringOutputParser())
for await (const piece of await chain.stream({ context: found?.pageContent, question }, { callbacks: [costs] })) {
  process.stdout.write(piece)
}
console.log(`\n${costs.calls} calls, cost ${costs.totalUsd} USD`)
