import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { readSiteLook } from './site-look.ts'
import { site } from './site-schema.ts'

const folder = mkdtempSync(join(tmpdir(), 'speka-look-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('the look of the site', () => {
  test('files are read from the folder of the configuration', () => {
    mkdirSync(join(folder, 'blog'))
    writeFileSync(join(folder, 'logo.svg'), '<svg/>')
    writeFileSync(join(folder, 'blog', '2026-11-01-hello.md'), '# Hello')
    writeFileSync(join(folder, 'blog', 'notes.txt'), 'not an entry')
    const problems: string[] = []
    const look = readSiteLook({ logo: 'logo.svg', blog_dir: 'blog' }, join(folder, 'speka.yaml'), (...all) =>
      problems.push(all.join(' ')),
    )
    expect(problems).toEqual([])
    expect(look.logo).toEqual({ type: 'image/svg+xml', body: Buffer.from('<svg/>') })
    expect(look.blog).toEqual([{ name: '2026-11-01-hello', text: '# Hello' }])
    expect(look.showsProviders).toBe(false)
  })

  test('what cannot be read is told, without where it was looked for', () => {
    const problems: string[] = []
    readSiteLook({ logo: 'nothing.png', blog_dir: 'nowhere' }, '/nonexistent/speka.yaml', (...all) =>
      problems.push(all.join(' ')),
    )
    readSiteLook({ logo: 'logo.gif' }, undefined, (...all) => problems.push(all.join(' ')))
    expect(problems).toEqual([
      'logo cannot be read (ENOENT)',
      'blog_dir cannot be read (ENOENT)',
      'logo must be one of .svg, .png, .webp, .jpg',
    ])
  })

  test('an accent that could hardly be read is refused, with its contrast', () => {
    expect(complaint('#1257c9')).toBeUndefined()
    expect(complaint('#ffcc00')).toContain('has a contrast of 1.5 with white')
    expect(complaint('red')).toBe('must be a colour such as "#1257c9"')
  })
})

const complaint = (accent: string): string | undefined =>
  site.safeParse({ colors: { accent } }).error?.issues[0]?.message
