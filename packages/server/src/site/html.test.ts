import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { html, safeLink } from './html.ts'

describe('html', () => {
  test('writes the template as it is, and values as text', () => {
    expect(html`<p title="${'"x"'}">${'<b>&'}</p>`.text).toBe('<p title="&quot;x&quot;">&lt;b&gt;&amp;</p>')
  })

  test('puts pieces in as they are, lists one after the other, and nothing for what is not there', () => {
    const items = ['a', '<'].map((item) => html`<li>${item}</li>`)
    expect(html`<ul>${items}${undefined}${false}${0}</ul>`.text).toBe('<ul><li>a</li><li>&lt;</li>0</ul>')
  })

  test('no text whatsoever opens a tag or ends an attribute', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { text: page } = html`<a href="${text}">${text}</a>`
        const inside = /^<a href="([^]*)">([^]*)<\/a>$/.exec(page)
        const [, attribute = '<', content = '<'] = inside ?? []
        expect(attribute + content).not.toMatch(/[<>"']/)
        expect(content.replaceAll(/&(?:amp|lt|gt|quot|#39);/g, '')).not.toContain('&')
      }),
    )
  })

  test('a value in an attribute without quotes is refused', () => {
    expect(() => html`<a href=${'x'}>x</a>`).toThrow('must stand in quotes')
  })
})

describe('safeLink', () => {
  test.each(['https://example.com', 'mailto:a@example.com', '/docs', '#top'])('%s may be followed', (link) => {
    expect(safeLink(link)).toBe(link)
  })

  test.each(['javascript:alert(1)', ' JavaScript:alert(1)', 'data:text/html,x', '//example.com', 'vbscript:x'])(
    '%s may not',
    (link) => {
      expect(safeLink(link)).toBeUndefined()
    },
  )
})
