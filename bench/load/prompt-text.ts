import type { Prompt } from './job.ts'

const prose =
  `The harbour was quiet in the early morning, and only the gulls had anything to say. A boat came in with its
lamps still burning; two men stepped ashore, tied it up, and walked towards the town without a word. It would be warm later, but now
the stones were cold, and whoever had slept badly was glad of the first coffee. `.replaceAll('\n', ' ')

const code = `export function greet(name: string) {\n\tif (name === "") throw new Error("a \\"name\\" is needed")\n\tconst lines = [
\t\t"Hello, " + name + "!",\n\t\t"path: C:\\\\data\\\\" + name,\n\t]\n\treturn lines.join("\\n")\n}\n\n`

const texts: Record<Prompt['kind'], string> = { prose, code }

/**
 * Text whose JSON takes about `bytes` bytes. Code is full of what JSON escapes: quotes, tabs, backslashes and line ends.
 */
export function promptText({ kind, bytes }: Prompt): string {
  const text = texts[kind]
  const encoded = JSON.stringify(text).length - 2
  const whole = Math.floor(bytes / encoded)
  // The rest is plain, so that no escape is cut and the size is met exactly.
  return text.repeat(whole) + 'x'.repeat(bytes - whole * encoded)
}
