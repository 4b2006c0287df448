import { contrast, readableOn, readColor, writeColor, type Rgb } from '../config/contrast.ts'

/** The paper of both themes, against which an accent is checked. */
const PAPER = '#ffffff'
const DARK_PAPER = '#111418'
const ACCENT = '#1257c9'

/** The style sheet of the public pages: light or dark as the reader has it, from 390 px on. */
export function styleSheet(accent = ACCENT): string {
  const light = colorOf(accent)
  const dark = readableOn(light, colorOf(DARK_PAPER))
  return `:root { color-scheme: light dark; --paper: ${PAPER}; --ink: #16191d; --quiet: #555d68; --rule: #d8dce2; --band: #f3f5f8; --accent: ${writeColor(light)}; --on-accent: ${inkOn(light)}; --good: #1a7f4b; --fair: #b26a00; --bad: #b3261e; --few: #8a93a0; --none: #dfe3e8; --mark: #fff0bf }
@media (prefers-color-scheme: dark) { :root { --paper: ${DARK_PAPER}; --ink: #e8eaed; --quiet: #a3abb6; --rule: #343a43; --band: #1b2027; --accent: ${writeColor(dark)}; --on-accent: ${inkOn(dark)}; --good: #4cc38a; --fair: #f0b243; --bad: #ff7b72; --few: #78818e; --none: #2a3038; --mark: #4a3f16 } }
${RULES}`
}

/** Black or white: one of the two can be read on any colour. */
const inkOn = (color: Rgb): string =>
  contrast(color, [255, 255, 255]) >= contrast(color, [0, 0, 0]) ? '#ffffff' : '#000000'

const colorOf = (text: string): Rgb => readColor(text) ?? [0, 0, 0]

const RULES = `* { box-sizing: border-box }
html { scroll-behavior: smooth }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif; overflow-wrap: break-word }
a { color: var(--accent); text-underline-offset: 0.15em }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
main:focus { outline: none }
.hidden { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
.skip { position: absolute; left: -999px; padding: 0.5rem 1rem; background: var(--paper) }
.skip:focus { left: 0.5rem; top: 0.5rem; z-index: 1 }
.top, main, body > footer { max-width: 72rem; margin: 0 auto; padding: 0 1.25rem }
.top { display: flex; flex-wrap: wrap; gap: 0.25rem 1.75rem; align-items: center; padding-block: 0.9rem }
.brand { display: flex; gap: 0.6rem; align-items: center; color: var(--ink); font-weight: 700; font-size: 1.15rem; text-decoration: none }
.top ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; margin: 0; padding: 0; list-style: none }
.top nav a { display: block; padding: 0.35rem 0; color: var(--ink); text-decoration: none }
.top nav a:hover { text-decoration: underline }
.top nav [aria-current] { font-weight: 600; box-shadow: inset 0 -2px var(--accent) }
.enter { display: flex; gap: 1rem; align-items: center; margin: 0 0 0 auto }
main { padding-block: 1.5rem 3rem; min-height: 60vh }
body > footer { display: flex; flex-wrap: wrap; gap: 0.25rem 2rem; justify-content: space-between; padding-block: 1.25rem 2rem; border-top: 1px solid var(--rule); color: var(--quiet); font-size: 0.9rem }
body > footer p { margin: 0 }
body > footer a { margin-right: 1rem }
h1 { margin: 0 0 0.5rem; font-size: 2.1rem; line-height: 1.15; letter-spacing: -0.02em }
h2 { margin: 2.5rem 0 0.75rem; font-size: 1.35rem; line-height: 1.25 }
h3 { margin: 1.5rem 0 0.4rem; font-size: 1.05rem }
.lead { max-width: 44rem; margin: 0 0 1.5rem; font-size: 1.15rem; color: var(--quiet) }
.quiet, small, dt, .id, .back { color: var(--quiet) }
small { font-size: 0.85em }
.back, .id { margin: 0 0 0.5rem; overflow-wrap: anywhere }
.button { display: inline-block; padding: 0.5rem 0.95rem; border: 1px solid var(--accent); border-radius: 0.5rem; background: var(--accent); color: var(--on-accent); font: inherit; font-weight: 600; text-decoration: none; cursor: pointer }
.button.quiet { background: transparent; color: var(--accent) }
.button:hover { filter: brightness(1.08) }
.actions { display: flex; flex-wrap: wrap; gap: 0.75rem }
code, pre { font-family: ui-monospace, 'SF Mono', Menlo, Consolas, 'Liberation Mono', monospace; font-size: 0.9em }
code { overflow-wrap: anywhere }
pre { margin: 0.5rem 0; padding: 0.9rem 1rem; overflow-x: auto; border: 1px solid var(--rule); border-radius: 0.6rem; background: var(--band); line-height: 1.5 }
pre code { overflow-wrap: normal; font-size: 1em }
mark { background: var(--mark); color: inherit }
.hero { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1.05fr); gap: 2.5rem; align-items: center; padding-block: 1.5rem }
.hero h1 { font-size: clamp(2.1rem, 4.5vw, 3.1rem) }
figure { min-width: 0; margin: 0 }
figcaption { color: var(--quiet); font-size: 0.9rem }
.numbers { display: flex; flex-wrap: wrap; gap: 0.75rem; margin: 1rem 0 }
.numbers > div { flex: 1 1 9rem; padding: 0.8rem 1rem; border: 1px solid var(--rule); border-radius: 0.6rem }
.numbers dt { font-size: 0.9rem }
.numbers dd { margin: 0; font-size: 1.45rem; font-weight: 650; font-variant-numeric: tabular-nums }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: 0.75rem 1.5rem; margin: 1.25rem 0 }
.facts dt { font-size: 0.9rem }
.facts dd { margin: 0 }
.features ul, .cards, .posts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); gap: 0.9rem; padding: 0; list-style: none }
.features li, .cards li { padding: 1rem 1.1rem; border: 1px solid var(--rule); border-radius: 0.6rem }
.features ul { grid-template-columns: repeat(auto-fill, minmax(min(100%, 15rem), 1fr)) }
.features h3, .cards h2, .cards h3 { margin: 0 0 0.3rem; font-size: 1.05rem }
.features p, .cards p { margin: 0; font-size: 0.95rem }
.posts { grid-template-columns: minmax(0, 44rem) }
.posts h2 { margin: 0.5rem 0 0 }
.posts p { margin: 0 }
.labels { display: flex; flex-wrap: wrap; gap: 0.3rem; margin: 0; padding: 0; list-style: none }
.labels li { padding: 0.05rem 0.5rem; border: 1px solid var(--rule); border-radius: 1rem; background: var(--band); font-size: 0.82rem }
.filters { display: flex; flex-wrap: wrap; gap: 0.75rem 1rem; align-items: flex-end; margin: 0 0 1rem; padding: 1rem; border: 1px solid var(--rule); border-radius: 0.6rem }
.filters legend { padding: 0 0.4rem; color: var(--quiet); font-size: 0.9rem }
.filters label { display: grid; gap: 0.2rem; color: var(--quiet); font-size: 0.9rem }
.filters input, .filters select, .sign-in input { min-height: 2.6rem; width: 100%; min-width: 9rem; padding: 0.4rem 0.6rem; border: 1px solid var(--few); border-radius: 0.45rem; background: var(--paper); color: var(--ink); font: inherit; font-size: 1rem }
.sign-in { max-width: 26rem }
.sign-in label { display: block; margin-bottom: 0.25rem; font-weight: 600 }
.sign-in [autocomplete='one-time-code'] { max-width: 12rem; font-size: 1.4rem; letter-spacing: 0.15em; font-variant-numeric: tabular-nums }
.error { padding: 0.5rem 0.8rem; border-left: 4px solid var(--bad); background: var(--band) }
.tick { display: inline-flex; gap: 0.4rem; align-items: center; min-height: 1.6rem }
.filters .tick { display: inline-flex; min-height: 2.6rem; color: var(--ink) }
.tick input, .filters .tick input { width: 1.2rem; min-width: 0; height: 1.2rem; min-height: 0; accent-color: var(--accent) }
.wide { overflow-x: auto }
.compare { margin-bottom: 2rem }
table { width: 100%; border-collapse: collapse }
th, td { padding: 0.5rem 0.75rem; border-bottom: 1px solid var(--rule); text-align: left; vertical-align: top }
th:first-child, td:first-child { padding-left: 0 }
thead th { color: var(--quiet); font-size: 0.9rem; font-weight: normal; vertical-align: bottom }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
.models th small, .models td small { display: block; font-weight: normal; overflow-wrap: anywhere }
.best { background: var(--band) }
.best > * { font-weight: 650 }
.note, .empty { padding: 0.75rem 1rem; border: 1px solid var(--rule); border-left: 4px solid var(--fair); border-radius: 0.4rem; background: var(--band) }
.state { font-size: 1.15rem }
.dot { display: inline-block; width: 0.75em; height: 0.75em; border-radius: 50% }
.legend .dot { margin-left: 0.8em }
.good { background: var(--good) }
.fair { background: var(--fair) }
.bad { background: var(--bad) }
.few { background: var(--few) }
.none { background: var(--none) }
.days { display: grid; grid-template-columns: repeat(90, minmax(0, 1fr)); gap: 2px; margin: 0.75rem 0; padding: 0; list-style: none }
.days li { position: relative; height: 2.6rem; border-radius: 2px; overflow: hidden }
details { margin: 0.5rem 0; padding: 0.5rem 0.9rem; border: 1px solid var(--rule); border-radius: 0.6rem }
summary { cursor: pointer; font-weight: 600 }
.guide { display: grid; grid-template-columns: minmax(0, 13rem) minmax(0, 1fr); gap: 2rem }
.guide nav ul { margin: 0.5rem 0; padding: 0; list-style: none; font-size: 0.95rem }
.guide nav li { margin: 0.2rem 0 }
.guide nav a { color: var(--ink) }
article { min-width: 0; max-width: 52rem }
article img { max-width: 100%; height: auto }
article th, article td { font-size: 0.93rem }
@media (max-width: 46rem) {
  .hero, .guide { grid-template-columns: minmax(0, 1fr); gap: 1.25rem }
  .days { grid-template-columns: repeat(30, minmax(0, 1fr)) }
  .days li { height: 1.6rem }
  .filters label { flex: 1 1 100% }
  .brand { order: -2 }
  .enter { order: -1; margin-left: auto }
  .top nav { width: 100% }
  .stack thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
  .stack, .stack tbody, .stack tr, .stack th { display: block }
  .stack tr { padding: 0.75rem 0; border-bottom: 1px solid var(--rule) }
  .stack th, .stack td { padding: 0.1rem 0; border: 0 }
  .stack td { display: flex; gap: 1rem; justify-content: space-between; text-align: right; white-space: normal }
  .stack td::before { content: attr(data-label); flex: none; color: var(--quiet) }
  .stack .labels { justify-content: flex-end }
}
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto } }
@media print { .top, .skip, form, body > footer { display: none } }
`
