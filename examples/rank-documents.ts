// Search without a search engine: documents and a question become vectors, and the nearest document comes first.
// Uses the sandbox, so it needs no key and no network. With a key: NVIDIA_API_KEY=… and `nvidia/nv-embedqa-e5-v5` as argument.
import { createGateway } from '@speka/core/node'

const model = process.argv[2] ?? 'speka/sandbox'
const speka = createGateway({
  config: { providers: { nvidia: { type: 'nvidia', api_key: process.env['NVIDIA_API_KEY'] } } },
})

const documents = [
  'Invoices are sent by mail at the end of each month.',
  'To reset your password, open the settings and choose "Reset password".',
  'Our office is open from Monday to Friday, nine to five.',
]
const question = 'How do I reset my password?'

// A list is embedded as what is searched in, a text alone as what is searched for: some models tell them apart.
const stored = await speka.embed({ model, input: documents })
const asked = await speka.embed({ model, input: question })

const [query = []] = vectorsIn(asked)
const ranked = vectorsIn(stored)
  .map((vector, index) => ({ likeness: cosine(query, vector), document: documents[index] }))
  .toSorted((a, b) => b.likeness - a.likeness)

console.log(question)
for (const { likeness, document } of ranked) console.log(`  ${likeness.toFixed(3)}  ${document}`)
console.log(`${query.length} dimensions, ${stored.usage?.prompt_tokens} tokens, cost ${stored.cost} USD`)

function vectorsIn({ data }: { data: { embedding: number[] | string }[] }): number[][] {
  return data.map(({ embedding }) => {
    if (typeof embedding === 'string') throw new TypeError('Vectors come as numbers unless base64 is asked for')
    return embedding
  })
}

function cosine(a: number[], b: number[]): number {
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b))
}

function product(a: number[], b: number[]): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0)
}
