// Documents that a search has found, ranked anew by a model that reads each of them with the question.
// Uses the sandbox, so it needs no key and no network. With a key: COHERE_API_KEY=… and `rerank-v3.5` as argument.
import { createGateway } from '@speka/core/node'

const speka = createGateway({
  config: {
    providers: { cohere: { type: 'cohere', api_key: process.env['COHERE_API_KEY'] } },
    models: {
      // Cohere counts search units: a query with up to 100 documents.
      'rerank-v3.5': { targets: [{ provider: 'cohere' }], endpoints: ['rerank'], price: { search: '0.002' } },
    },
  },
})

const documents = [
  'Invoices are sent by mail at the end of each month.',
  'To reset your password, open the settings and choose "Reset password".',
  'Our office is open from Monday to Friday, nine to five.',
]

const { results, usage, cost } = await speka.rerank({
  model: process.argv[2] ?? 'speka/sandbox',
  query: 'How do I reset my password?',
  documents,
  top_n: 2,
})

for (const { index, relevance_score: score } of results) console.log(`${score.toFixed(3)}  ${documents[index]}`)
console.log(`${usage?.search_units} search unit, cost ${cost} USD`)
