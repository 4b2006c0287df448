import { describe, expect, test } from '@jest/globals'
import { html } from '../html.ts'
import { NOW, pageFacts, someModels } from '../__fixtures__/page-facts.ts'
import { readSiteRecords } from '../site-records.ts'
import type { PageFacts } from '../page-facts.ts'
import { openMemoryStore } from '../../store/memory/open-store.ts'
import { usageRecord } from '../../store/__fixtures__/usage-record.ts'
import { renderPath } from './render-path.ts'
import { sitePaths } from './sitemap.ts'

const show = (facts: PageFacts, address: string): string => {
  const { pathname, searchParams } = new URL(address, 'http://localhost')
  return renderPath(facts, decodeURIComponent(pathname), searchParams).text.replaceAll('\u{a0}', ' ')
}

describe('every page', () => {
  test('is there, with a title, a description and one heading of its own', async () => {
    const facts = await pageFacts({ publicUrl: 'https://speka.example.com' })
    const titles = sitePaths(facts).map((path) => {
      const page = show(facts, path)
      expect(renderPath(facts, path, new URLSearchParams()).status).toBe(200)
      expect(page.match(/<h1/g)).toHaveLength(1)
      expect(page).toMatch(/<meta name="description" content="[^"]{5,}">/)
      expect(page).toContain(`<link rel="canonical" href="https://speka.example.com${path}">`)
      return /<title>([^<]+)/.exec(page)?.[1]
    })
    expect(new Set(titles).size).toBe(titles.length)
  })

  test('leads only to pages that there are', async () => {
    const facts = await pageFacts({ look: { ...(await pageFacts()).look, imprint: html`<p>Us.</p>` } })
    const elsewhere = new Set(['/login', '/signup', '/site/style.css'])
    for (const path of sitePaths(facts)) {
      const page = show(facts, path)
      const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id))
      for (const [, link = ''] of page.matchAll(/(?:href|src|action)="([^"]+)"/g)) {
        if (link.startsWith('#')) expect(ids).toContain(link.slice(1))
        if (!link.startsWith('/') || elsewhere.has(link)) continue
        const { pathname, searchParams } = new URL(link, 'http://localhost')
        expect([link, renderPath(facts, decodeURIComponent(pathname), searchParams).status]).toEqual([link, 200])
      }
    }
  })

  test('has neither a style nor a script in itself', async () => {
    const facts = await pageFacts()
    for (const path of sitePaths(facts)) expect(show(facts, path)).not.toMatch(/<script|<style|\sstyle=|\son\w+=/i)
  })

  test('shows markup in every text from elsewhere as text', async () => {
    const evil = '"><script>alert(1)</script>'
    const [model] = someModels()
    if (model === undefined) throw new Error('no models')
    const { look } = await pageFacts()
    const facts = await pageFacts({
      look: {
        ...look,
        name: evil,
        contact: `https://example.com/${evil}`,
        texts: { tagline: evil, intro: evil, pricing: evil, footer: evil },
      },
      models: [{ ...model, id: `a/${evil}`, name: evil, vendor: evil, capabilities: [evil], providerNames: [evil] }],
      plans: [
        {
          id: evil,
          monthlyPrice: model.price!.input!,
          includedUsage: model.price!.input!,
          requestsPerMinute: 1,
          keys: 1,
          overage: 'bill',
          features: [evil],
        },
      ],
      providers: { ready: 1, failing: 1, silent: [evil] },
      docs: [{ slug: 'a', title: evil, description: evil, headings: [{ id: evil, text: evil }], body: html`` }],
      posts: [{ slug: 'a', title: evil, date: evil, description: evil, body: html`` }],
    })
    const query = new URLSearchParams({
      q: evil,
      vendor: evil,
      can: evil,
      most: evil,
      compare: `a/${evil}`,
      model: evil,
      input: evil,
    })
    for (const path of sitePaths(facts)) {
      const { status, text } = renderPath(facts, decodeURIComponent(path), query)
      expect(status).toBe(200)
      expect(text).not.toContain('<script')
    }
  })
})

describe('what is not there', () => {
  test.each(['/nothing', '/models/nothing', '/docs/nothing', '/blog/nothing', '/imprint'])(
    '%s: a page says so',
    async (path) => {
      const { status, text } = renderPath(await pageFacts(), path, new URLSearchParams())
      expect(status).toBe(404)
      expect(text).toContain('There is no page at this address')
    },
  )

  test('guides and a blog that nobody has written are nowhere', async () => {
    const facts = await pageFacts({ docs: [], posts: [] })
    expect(renderPath(facts, '/docs', new URLSearchParams()).status).toBe(404)
    expect(renderPath(facts, '/blog', new URLSearchParams()).status).toBe(404)
    expect(show(facts, '/')).not.toMatch(/href="\/(?:docs|blog)/)
  })
})

describe('/models', () => {
  test.each([
    ['?vendor=deepseek-ai', ['deepseek-ai/deepseek-v4-flash', 'deepseek-ai/deepseek-v4-pro']],
    ['?can=embeddings&vendor=nvidia', ['nvidia/nv-embedqa-e5-v5', 'nvidia/nv-embed-v1']],
    ['?q=flash', ['deepseek-ai/deepseek-v4-flash']],
    ['?most=0.05&can=tools', ['meta/llama-3.1-8b-instruct']],
  ])('%s finds what fits', async (query, expected) => {
    const page = show(await pageFacts(), `/models${query}`)
    expect([...page.matchAll(/name="compare" value="([^"]+)"/g)].map(([, id]) => id)).toEqual(expected)
  })

  test('says so when nothing fits, and when a price is none', async () => {
    expect(show(await pageFacts(), '/models?q=xyzzy')).toContain('No model fits')
    expect(show(await pageFacts(), '/models?most=cheap')).toContain('“cheap” is no price')
  })

  test('puts up to four side by side, and says what is left out', async () => {
    const ids = someModels().map(({ id }) => `compare=${encodeURIComponent(id)}`)
    const page = show(await pageFacts(), `/models?${ids.slice(0, 5).join('&')}&compare=nothing`)
    const compared = /<h2>Side by side<\/h2>([^]*?)<\/section>/.exec(page)?.[1] ?? ''
    expect(compared.match(/<th scope="col">/g)).toHaveLength(4)
    expect(compared).toContain('Only the first 4 stand here.')
    expect(compared).toContain('Some of what was chosen is no model here.')
  })
})

describe('/models/{id}', () => {
  const id = 'deepseek-ai/deepseek-v4-flash'

  test('shows the price that is charged, every row of it, with its source and date', async () => {
    const [model] = someModels().filter((one) => one.id === id)
    if (model?.price === undefined) throw new Error('no price')
    const long = { ...model.price, when: { aboveInputTokens: 200_000 } }
    const facts = await pageFacts({ models: [{ ...model, price: { ...model.price, rows: [long, model.price] } }] })
    const page = show(facts, `/models/${id}`)
    expect(page).toContain('$0.27')
    expect(page).toContain('$1.10')
    expect(page).toContain('prompts above 200,000 tokens')
    expect(page).toContain(`as of ${model.price.asOf}`)
  })

  test('names the providers only where the operator shows them', async () => {
    const [model] = someModels()
    const hidden = show(await pageFacts({ models: [{ ...model!, providers: 2 }] }), `/models/${model!.id}`)
    expect(hidden).toContain('2 providers')
    const facts = await pageFacts({ models: [{ ...model!, providers: 2, providerNames: ['acme', 'other'] }] })
    expect(show(facts, `/models/${model!.id}`)).toContain('acme, other')
  })

  test('has a snippet for each of six clients, none with a key', async () => {
    const page = show(await pageFacts(), `/models/${id}`)
    expect([...page.matchAll(/<summary>([^<]+)/g)].map(([, title]) => title)).toEqual([
      'curl',
      'Python',
      'Node',
      'LangChain',
      'LlamaIndex',
      'n8n',
    ])
    expect(page).toContain('http://localhost:7735/v1/chat/completions')
    expect(page).not.toMatch(/sk-[A-Za-z0-9]/)
  })

  test.each([
    [99, 'too few to say'],
    [100, '99.00 %'],
  ])('of %d requests it says: %s', async (requests, words) => {
    const store = openMemoryStore()
    for (let index = 0; index < requests; index += 1)
      await store.ledger.settle(
        usageRecord({
          model: id,
          createdAt: NOW - 1000,
          account: 'acc_secret',
          outcome: index === 0 ? 'failed' : 'complete',
        }),
      )
    const facts = await pageFacts({ records: await readSiteRecords(store.ledger, NOW) })
    expect(show(facts, `/models/${id}`)).toContain(words)
    await store.close()
  })
})

describe('/pricing', () => {
  test('reckons a month, and finds the cheapest plan that carries all of it', async () => {
    const page = show(
      await pageFacts(),
      '/pricing?model=deepseek-ai%2Fdeepseek-v4-flash&input=100000000&output=10,000,000',
    )
    // 100 × 0.27 + 10 × 1.10 = 38: starter is 19 + (38 − 25).
    expect(page).toContain('cost <strong>$38.00</strong>')
    expect(page).toContain('<strong>starter</strong>, with $32.00 in all')
    expect(page).toMatch(/free[^]*stops before/)
  })

  test('says what it wants when it is given no numbers', async () => {
    expect(show(await pageFacts(), '/pricing?input=many')).toContain('Write whole numbers of tokens')
  })
})

describe('/docs', () => {
  test('is searched by titles and headings', async () => {
    expect(show(await pageFacts(), '/docs?q=rates+keys')).toContain('<a href="/docs/limits#rates">Rates of keys</a>')
    expect(show(await pageFacts(), '/docs?q=xyzzy')).toContain('Nothing is called “xyzzy”')
  })
})

describe('/sitemap.xml and /robots.txt', () => {
  test('the sitemap has every page, by the address that the operator has given', async () => {
    const facts = await pageFacts({ publicUrl: 'https://speka.example.com' })
    const listed = [...show(facts, '/sitemap.xml').matchAll(/<loc>([^<]+)<\/loc>/g)].map(([, url]) => url)
    expect(listed).toEqual(sitePaths(facts).map((path) => `https://speka.example.com${path}`))
    expect(show(facts, '/robots.txt')).toContain('Sitemap: https://speka.example.com/sitemap.xml')
  })
})
