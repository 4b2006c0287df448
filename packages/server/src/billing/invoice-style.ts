import { escapeCss } from './escape-html.ts'

/** What the style of one page depends on. */
export interface PageFacts {
  /** Stands at the foot of each printed page. */
  readonly foot: string
  /** How many digits an amount has at most beyond cents. */
  readonly fineDigits: number
}

/**
 * The style of an invoice: on screens from 390 px on, light or dark as the reader has it; on paper of any size, with heads of
 * tables on each page, no row cut in two, and numbered pages where the browser can number them.
 */
export const invoiceStyle = ({ foot, fineDigits }: PageFacts): string => `
:root { color-scheme: light dark; --fine: ${fineDigits}; --paper: #fff; --ink: #16191d; --quiet: #5a626d; --rule: #d8dce2; --band: #f3f5f7; --warn: #a13208 }
@media screen and (prefers-color-scheme: dark) { :root { --paper: #15181c; --ink: #e8eaed; --quiet: #a0a8b3; --rule: #363c44; --band: #1f242a; --warn: #ff9a6b } }
* { box-sizing: border-box }
body { margin: 0 auto; padding: 3rem 2rem; max-width: 56rem; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif; overflow-wrap: anywhere }
h1 { margin: 0; font-size: 1.9rem; line-height: 1.2; letter-spacing: -0.01em }
h2 { margin: 2.5rem 0 0.5rem; font-size: 1.1rem; break-after: avoid }
p { margin: 0 }
.quiet, small, dt { color: var(--quiet) }
small { display: block; font-size: 0.85em; font-weight: normal }
header { display: flex; flex-wrap: wrap; gap: 1rem 2rem; justify-content: space-between; align-items: flex-end }
header > div { min-width: 0 }
.due { font-size: 1.9rem; line-height: 1.2; font-weight: 600; white-space: nowrap; font-variant-numeric: tabular-nums }
.draft { margin: 0 0 1.5rem; padding: 0.5rem 0.75rem; border: 1px solid var(--warn); color: var(--warn) }
.mark { display: none }
dl { display: flex; flex-wrap: wrap; gap: 0.5rem 2.5rem; margin: 1.5rem 0 }
dt { font-size: 0.85em }
dd { margin: 0 }
.parties { display: grid; grid-template-columns: 1fr 1fr; gap: 2rem; padding: 1rem 0; border-block: 1px solid var(--rule) }
.parties > div { min-width: 0 }
.parties h2 { margin: 0 0 0.25rem; font-size: 0.85em; font-weight: normal; color: var(--quiet) }
.address { white-space: pre-line }
table { width: 100%; border-collapse: collapse; table-layout: fixed }
th, td { padding: 0.3rem 0.5rem; text-align: left; vertical-align: top }
th:first-child { padding-left: 0 }
th { font-weight: 600 }
thead th { border-bottom: 1px solid var(--ink); color: var(--quiet); font-size: 0.85em; font-weight: normal; vertical-align: bottom }
tr { break-inside: avoid; border-bottom: 1px solid var(--rule) }
.amount, .number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
.amount { padding-right: 0 }
td.amount { overflow-wrap: normal }
.fine { display: inline-block; width: calc(var(--fine) * 1ch); text-align: left; font-size: 0.85em; color: var(--quiet) }
thead .fine { font-size: 1em }
.totals { break-inside: avoid; break-before: avoid }
.total > * { border-top: 2px solid var(--ink); font-size: 1.15em; font-weight: 600 }
.total .fine { font-size: 0.739em }
.team > *, .key > *, .model > * { break-after: avoid; font-weight: 600 }
.team, .key, .model, .line { border-bottom: 0 }
.team, .key, .model { break-after: avoid }
.team > * { padding-top: 1.25em; font-size: 1.05em }
.team .fine { font-size: 0.81em }
.key > * { background: var(--band) }
.key > th:first-child { padding-left: 0.5rem }
.line + .model { border-top: 1px solid var(--rule) }
.model > th { font-weight: normal }
.model > td { font-weight: normal; color: var(--quiet) }
.model > th:first-child { padding-left: 0.5rem }
/* A model and its lines stay on one page. */
.line:has(+ .line) { break-after: avoid }
.line > * { padding-block: 0.1rem }
.line:last-child > * { padding-bottom: 0.6rem }
.line > .unit { padding-left: 1.5rem }
.line > .source { font-size: 0.85em; color: var(--quiet) }
col.money { width: calc(8em + var(--fine) * 0.5em) }
col.unit { width: 21% }
col.quantity { width: 16% }
col.price { width: 18% }
footer { margin-top: 2rem; padding-top: 0.75rem; border-top: 1px solid var(--rule); font-size: 0.85em; color: var(--quiet); break-inside: avoid }
code { font: 0.95em ui-monospace, Menlo, Consolas, 'Liberation Mono', monospace; word-break: break-all }
@media screen and (max-width: 40rem) {
  body { padding: 1.5rem 1rem }
  .parties { grid-template-columns: 1fr; gap: 1rem }
  .usage, .usage tbody { display: block }
  .usage colgroup, .usage thead { display: none }
  .usage tr { display: grid; grid-template-columns: minmax(0, 1fr) auto }
  .line > .amount { grid-row: 1; grid-column: 2 }
  .line > .number, .line > .source { grid-column: 1 / -1; padding: 0 0.5rem 0.1rem 1.5rem; text-align: left; font-size: 0.85em; color: var(--quiet) }
  .line > :empty { display: none }
  .line > [data-label]:not(:empty)::before { content: attr(data-label) ' ' }
}
@page { margin: 15mm 14mm 18mm; @bottom-left { content: "${escapeCss(foot)}"; font: 8pt sans-serif; color: #5a626d } @bottom-right { content: "Page " counter(page) " of " counter(pages); font: 8pt sans-serif; color: #5a626d } }
@media print {
  body { padding: 0; max-width: none; font-size: 9.5pt; line-height: 1.4 }
  h1, .due { font-size: 17pt }
  h2 { margin-top: 1.5rem }
  dl { margin: 1rem 0 }
  footer { margin-top: 1rem }
  .draft { margin: 0 1px 1rem }
  .line:last-child > * { padding-bottom: 0.3rem }
  .mark { display: block; position: fixed; top: 42%; left: 0; right: 0; text-align: center; font-size: 96pt; font-weight: 700; letter-spacing: 0.1em; color: rgb(161 50 8 / 9%); transform: rotate(-30deg) }
  .key > * { print-color-adjust: exact; -webkit-print-color-adjust: exact }
}
`
