import { createServer as createTlsServer, getCACertificates, setDefaultCACertificates } from 'node:tls'
import { createServer as createPlainServer, type AddressInfo, type Server } from 'node:net'
import type { Clock } from '@speka/core'
import { breakNames } from '../support/break-names.ts'
import { eventually } from '../support/eventually.ts'
import { freePort } from '../support/free-port.ts'
import { openBlackHole, type BlackHole } from '../support/black-hole.ts'
import { patientClock } from '../support/patient-clock.ts'
import { makeAuthority, type CertificateOptions } from '../support/make-certificate.ts'
import { json, sayHello, startScriptedUpstream, type ScriptedUpstream } from '../support/scripted-upstream.ts'
import { startApp, type StartedApp } from '../support/start-app.ts'
import type { Place } from './fault-row.ts'

/** Must never leave the gateway but for the provider it belongs to. */
export const PROVIDER_KEY = 'nvapi-CanaryOfTheProvider0123456789abcdefXYZ'
/** May go to providers and nowhere else. */
export const PROMPT = 'canary-prompt-7f3a9c-nobody-may-keep-this'

export const SECOND_KEY = 'nvapi-SecondCanaryOfTheProvider98765432xyz'

const timeouts = { connect_ms: 1500, first_token_ms: 2000, idle_ms: 600, total_ms: 6000 }

/** A clock that knows how many of its timers are waiting, and how many went off. */
export interface CountingClock extends Clock {
  readonly pending: number
  readonly fired: number
}

function countTimers(): CountingClock {
  const clock = patientClock()
  let pending = 0
  let fired = 0
  return {
    ...clock,
    get pending() {
      return pending
    },
    get fired() {
      return fired
    },
    after(ms, run) {
      let waiting = true
      pending += 1
      const over = (): void => {
        if (waiting) pending -= 1
        waiting = false
      }
      const cancel = clock.after(ms, () => {
        fired += 1
        over()
        run()
      })
      return () => {
        over()
        cancel()
      }
    },
  }
}

/** The gateway among upstreams of which some cannot be reached, one does as it is told, and one is well. */
export interface Rig {
  readonly app: StartedApp
  readonly clock: CountingClock
  /** Lines of the gateway's log, at its most talkative. */
  readonly log: string[]
  /** Says what its scripts say, by model. */
  readonly faulty: ScriptedUpstream
  readonly well: ScriptedUpstream
  /** Requests that came through TLS although its certificate was no good. */
  readonly trusted: readonly string[]
  /** Resolves when nothing that a request started is left. */
  quiet(): Promise<void>
  close(): Promise<void>
}

/** Faults of TLS, by the name of their provider: each listens with such a certificate. */
const badCertificates: Readonly<Record<string, CertificateOptions & { readonly unknown?: true }>> = {
  'tls-unknown': { names: ['127.0.0.1'], unknown: true },
  'tls-too-old': { names: ['127.0.0.1'], from: new Date('2001-01-01'), until: new Date('2002-01-01') },
  'tls-misnamed': { names: ['gateway.example', '127.0.0.9'] },
}

const brokenNames = { 'missing.test': 'ENOTFOUND', 'again.test': 'EAI_AGAIN', 'silent.test': 'silence' } as const

export async function openRig(): Promise<Rig> {
  const [faulty, well, failing] = await Promise.all([
    startScriptedUpstream(),
    startScriptedUpstream(sayHello),
    startScriptedUpstream(json({ error: { message: 'no', type: 'x', param: null, code: null } }, 503)),
  ])
  faulty.onHead('/deaf', [{ sleepMs: 5000 }])
  const hole = await openBlackHole()
  const mendNames = breakNames(brokenNames)
  const tls = await openTls()
  const log: string[] = []
  const clock = countTimers()
  const provider = (base_url: string, api_key: string | readonly string[] = PROVIDER_KEY): object => ({
    type: 'openai-compatible',
    base_url,
    api_key,
  })
  const refusing = `http://127.0.0.1:${await freePort()}/v1`
  const atFault: Record<string, object> = {
    faulty: provider(faulty.baseURL),
    'two-keys': provider(faulty.baseURL, [PROVIDER_KEY, SECOND_KEY]),
    deaf: provider(faulty.baseURL.replace('/v1', '/deaf')),
    refusing: provider(refusing),
    'never-connects': provider(`http://127.0.0.1:${hole.port}/v1`),
    ...Object.fromEntries(
      Object.keys(brokenNames).map((name) => [name.replace('.test', ''), provider(`https://${name}/v1`)]),
    ),
    ...Object.fromEntries(
      Object.entries(tls.ports).map(([name, port]) => [name, provider(`https://127.0.0.1:${port}`)]),
    ),
  }
  const app = await startApp(
    {
      providers: {
        ...atFault,
        twin: provider(faulty.baseURL),
        failing: provider(failing.baseURL, 'k'),
        'failing-too': provider(failing.baseURL, 'k'),
        well: provider(well.baseURL, 'k'),
        spare: provider(well.baseURL, 'k'),
      },
      models: {
        'well/*': model(['well']),
        ...Object.fromEntries(
          Object.keys(atFault).flatMap((name) =>
            Object.entries(placesFor(name)).map(([place, providers]) => [`${place}/${name}/*`, model(providers)]),
          ),
        ),
      },
      routing: {
        max_attempts: 3,
        context_window_fallbacks: { '*': ['well/for-long-prompts'] },
        content_policy_fallbacks: { '*': ['well/for-other-content'] },
      },
      timeouts,
    },
    {},
    { clock, log: (line) => void log.push(line) },
  )
  return {
    app,
    clock,
    log,
    faulty,
    well,
    trusted: tls.trusted,
    quiet: () => quiet(app, clock, [faulty, well, failing]),
    async close() {
      await app.close()
      mendNames()
      await tls.close()
      await Promise.all([faulty, well, failing, hole].map((each: ScriptedUpstream | BlackHole) => each.close()))
    },
  }
}

const model = (providers: readonly string[]): object => ({
  targets: providers.map((provider) => ({ provider })),
  price: { input: '1', output: '2' },
})

const placesFor = (name: string): Record<Place, readonly string[]> => ({
  alone: [name],
  first: [name, 'well', 'spare'],
  middle: ['failing', name, 'well'],
  last: ['failing', 'failing-too', name],
  twice: [name, 'twin', 'well'],
})

/** No answer under way, no timer set, no upstream still talking: nothing is left of what was asked. */
async function quiet(app: StartedApp, clock: CountingClock, upstreams: readonly ScriptedUpstream[]): Promise<void> {
  await eventually(() => app.inFlight.count === 0, 'no answer is under way')
  const { fired } = clock
  await eventually(() => clock.pending === 0, 'no timer is left')
  if (clock.fired > fired) throw new Error('A timer was left, and went off when all was over.')
  const talking = (): boolean =>
    upstreams.some(({ seen }) => seen.some(({ done, closed }) => !done && closed === undefined))
  await eventually(() => !talking(), 'no upstream is left talking')
}

/** Listeners whose TLS is no good, while the authority of some is trusted. */
async function openTls() {
  const known = makeAuthority('Known authority of the tests')
  const unknown = makeAuthority('Unknown authority of the tests')
  const before = getCACertificates('default')
  setDefaultCACertificates([...before, known.cert])
  const trusted: string[] = []
  const servers: Record<string, Server> = {
    'tls-plain': createPlainServer((socket) => {
      socket.on('error', () => {})
      socket.on('data', (bytes) => {
        if (bytes.includes('HTTP/1.1')) trusted.push('tls-plain')
        socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n')
      })
    }),
  }
  for (const [name, options] of Object.entries(badCertificates)) {
    const certificate = (options.unknown === true ? unknown : known).issue(options)
    servers[name] = createTlsServer(certificate, (socket) => {
      socket.on('error', () => {})
      socket.on('data', () => trusted.push(name))
    })
  }
  const ports: Record<string, number> = {}
  for (const [name, server] of Object.entries(servers)) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    ports[name] = (server.unref().address() as AddressInfo).port
  }
  return {
    ports,
    trusted,
    async close() {
      setDefaultCACertificates(before)
      await Promise.all(Object.values(servers).map((server) => new Promise((resolve) => server.close(resolve))))
    },
  }
}
