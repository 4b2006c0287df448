import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { readMarkdown } from './markdown.ts'

describe('readMarkdown', () => {
  test('takes the first heading for the title, and the first paragraph for the summary', () => {
    const { title, summary, body } = readMarkdown('# Hello *there*\n\nFirst [words](/docs).\nMore.\n\n## Next\n\nLast.')
    expect(title).toBe('Hello there')
    expect(summary).toBe('First words. More.')
    expect(body.text).toBe('<p>First <a href="/docs">words</a>. More.</p><h2>Next</h2><p>Last.</p>')
  })

  test.each([
    ['- one\n- two\n  more', '<ul><li>one</li><li>two more</li></ul>'],
    ['1. one\n2. two', '<ol><li>one</li><li>two</li></ol>'],
    ['```js\na < b\n```', '<pre tabindex="0"><code>a &lt; b</code></pre>'],
    ['> quoted', '<blockquote><p>quoted</p></blockquote>'],
    ['**bold** and `code` and _so_', '<p><strong>bold</strong> and <code>code</code> and <em>so</em></p>'],
    ['---', '<hr>'],
    ['![a picture](/site/a.png)', '<p><img src="/site/a.png" alt="a picture"></p>'],
    ['snake_case_name', '<p>snake_case_name</p>'],
  ])('%j', (text, expected) => {
    expect(readMarkdown(text).body.text).toBe(expected)
  })

  test('shows markup as text, and follows no link that could run something', () => {
    const { body } = readMarkdown('<script>alert(1)</script> [x](javascript:alert(1))')
    expect(body.text).toBe('<p>&lt;script&gt;alert(1)&lt;/script&gt; [x](javascript:alert(1))</p>')
  })

  test('ends with any text whatsoever, and lets no tag of it through', () => {
    const letters = fc.constantFrom(
      '#',
      ' ',
      '\n',
      '-',
      '`',
      '>',
      '*',
      '_',
      '[',
      ']',
      '(',
      ')',
      '!',
      '<',
      'a',
      '1',
      '.',
    )
    fc.assert(
      fc.property(fc.array(letters), (parts) => {
        const { body } = readMarkdown(parts.join('').replaceAll('<', '<i>'))
        expect(body.text).not.toContain('<i>')
      }),
    )
  })
})
