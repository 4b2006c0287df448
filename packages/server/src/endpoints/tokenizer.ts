import type { Tokenizer } from '@speka/core'

let loading: Promise<Tokenizer> | undefined

/** The tokens of `cl100k_base`, which OpenAI's embedding models use. Loaded when first needed: it takes megabytes. */
export function loadTokenizer(): Promise<Tokenizer> {
  loading ??= load()
  return loading
}

async function load(): Promise<Tokenizer> {
  const [{ Tiktoken }, { default: ranks }] = await Promise.all([
    import('js-tiktoken/lite'),
    import('js-tiktoken/ranks/cl100k_base'),
  ])
  const encoding = new Tiktoken(ranks)
  return {
    decode(tokens) {
      // It passes over what it does not know, which has to be noticed here.
      for (const token of tokens) if (encoding.decode([token]) === '') throw new RangeError(`${token} is no token`)
      return encoding.decode([...tokens])
    },
  }
}
