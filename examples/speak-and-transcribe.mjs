// A text is spoken, and what was spoken is written down again: SPEKA_API_KEY=sk-speka-… node examples/speak-and-transcribe.mjs
// Other models: … speak-and-transcribe.mjs gpt-4o-mini-tts whisper-1
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const { SPEKA_BASE_URL = 'http://127.0.0.1:7735/v1', SPEKA_API_KEY } = process.env
const [speaker = 'speka/sandbox', listener = 'speka/sandbox'] = process.argv.slice(2)
const authorization = `Bearer ${SPEKA_API_KEY}`

/** @param {Response} response */
const checked = async (response) => {
  if (!response.ok) throw new Error(await response.text())
  return response
}

const spoken = await checked(
  await fetch(`${SPEKA_BASE_URL}/audio/speech`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: speaker,
      voice: 'alloy',
      input: 'The lighthouse is lit at dusk.',
      response_format: 'wav',
    }),
  }),
)
const sound = await spoken.blob()
const path = join(tmpdir(), 'speka-lighthouse.wav')
await writeFile(path, Buffer.from(await sound.arrayBuffer()))
console.log(`${path}: ${sound.type}, ${sound.size} bytes`)

// A form, as OpenAI's SDKs send it. A file may be long: the gateway passes it on while it comes.
const form = new FormData()
form.set('model', listener)
form.set('file', sound, 'lighthouse.wav')
form.set('response_format', 'verbose_json')
const heard = await checked(
  await fetch(`${SPEKA_BASE_URL}/audio/transcriptions`, { method: 'POST', headers: { authorization }, body: form }),
)
const { text, duration } = JSON.parse(await heard.text())
console.log(text)
// The sandbox has no price by the second: such a cost is unknown, which is not the same as zero.
const cost = heard.headers.get('x-speka-cost-usd')
console.log(`${duration} s, ${cost === null ? 'cost unknown' : `cost ${cost} USD`}`)
