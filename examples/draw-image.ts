// A picture from a text, written to a file. Uses the sandbox, which draws a pattern of its own for each text.
// With a key: NVIDIA_API_KEY=… and `black-forest-labs/flux.1-dev` as argument.
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createGateway } from '@speka/core/node'

const model = process.argv[2] ?? 'speka/sandbox'
const speka = createGateway({
  config: { providers: { nvidia: { type: 'nvidia', api_key: process.env['NVIDIA_API_KEY'] } } },
})

const { data, cost, provider } = await speka.generateImages({
  model,
  prompt: 'A lighthouse in a storm, as a woodcut',
  size: '1024x1024',
})

// The bytes are here: providers that answer with an address have been asked for what lies there.
const bytes = Buffer.from(data[0]?.b64_json ?? '', 'base64')
const path = join(tmpdir(), 'speka-lighthouse.png')
await writeFile(path, bytes)
console.log(`${path}: ${bytes.length} bytes, drawn by ${provider}, cost ${cost} USD`)
