// A text is spoken, and what was spoken is written down again.
// Uses the sandbox, so it needs no key and no network: it speaks a tone, and hears how long it is.
// With a key: OPENAI_API_KEY=… and `gpt-4o-mini-tts gpt-4o-mini-transcribe` as arguments.
import { createGateway } from '@speka/core/node'

const [voiceModel = 'speka/sandbox', listener = 'speka/sandbox'] = process.argv.slice(2)

const speka = createGateway({
  config: {
    providers: { openai: { type: 'openai', api_key: process.env['OPENAI_API_KEY'] } },
    models: {
      // OpenAI counts tokens for both: of text, and of sound.
      'gpt-4o-mini-tts': {
        targets: [{ provider: 'openai' }],
        endpoints: ['speech'],
        price: { input: '0.60', output: '12' },
      },
      'gpt-4o-mini-transcribe': {
        targets: [{ provider: 'openai' }],
        endpoints: ['transcription'],
        price: { input: '1.25', audio_input: '3', output: '5' },
      },
    },
  },
})

const { audio, contentType } = await speka.speak({
  model: voiceModel,
  voice: 'alloy',
  input: 'Good morning. The meeting begins at nine, in the room beside the stairs.',
  response_format: 'wav',
})
console.log(`Spoken: ${audio.length} bytes of ${contentType}`)

const { text, usage } = await speka.transcribe({ model: listener, file: audio, filename: 'meeting.wav' })
console.log(
  `Heard: ${text} (${usage?.seconds ?? usage?.total_tokens} ${usage?.type === 'tokens' ? 'tokens' : 'seconds'})`,
)
