// A question about a picture: a message may have parts, and one of them may be an image.
// Uses the sandbox, which counts pictures but does not see. With a key: NVIDIA_API_KEY=… and `meta/llama-4-maverick-17b-128e-instruct`.
import { createGateway } from '@speka/core/node'

const model = process.argv[2] ?? 'speka/sandbox'
const speka = createGateway({
  config: { providers: { nvidia: { type: 'nvidia', api_key: process.env['NVIDIA_API_KEY'] } } },
})

// A red dot, 16 by 16 pixels. Of a file: `data:image/png;base64,${readFileSync('photo.png', 'base64')}`
const redDot =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAABAAAAAQAQMAAAAlPW0iAAAABlBMVEX////SHig6O6UFAAAAG0lEQVR42mNgAAP2BwzyP0DI/g86gogDFYABAECdDY0AdHb7AAAAAElFTkSuQmCC'

const answer = await speka.chat({
  model,
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'What is in this picture?' },
        { type: 'image_url', image_url: { url: redDot } },
      ],
    },
  ],
})

console.log(answer.choices[0]?.message.content)
console.log(`${answer.usage?.prompt_tokens} tokens in, cost ${answer.cost} USD`)
