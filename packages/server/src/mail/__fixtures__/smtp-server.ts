import { createServer, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'

/** A mail as the server was given it. */
export interface TakenMail {
  readonly from: string
  readonly to: readonly string[]
  /** Head and body, as they came, without the escaped dots. */
  readonly data: string
}

/** What the server does with a line in place of answering it as usual; nothing: it answers as usual. */
type Answer = (line: string, socket: Socket) => string | undefined

/** An SMTP server of the tests' own, on loopback: it takes every mail, one line at a time, as RFC 5321 has it. */
export class SmtpServer {
  readonly mails: TakenMail[] = []
  /** The lines that it was told, of all connections. */
  readonly lines: string[] = []
  /** Whether it says anything at all when somebody connects. */
  isSilent = false
  answer: Answer = () => undefined
  readonly #sockets = new Set<Socket>()
  readonly #server = createServer((socket) => this.#talk(socket))

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return `smtp://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #talk(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => {}).on('close', () => this.#sockets.delete(socket))
    let rest = ''
    let data: string[] | undefined
    let envelope = { from: '', to: [] as string[] }
    const say = (line: string): void => void socket.write(`${line}\r\n`)
    const hear = (line: string): void => {
      if (data !== undefined) {
        if (line !== '.') {
          data.push(line.replace(/^\./, ''))
          return
        }
        this.mails.push({ ...envelope, data: data.join('\n') })
        data = undefined
        say('250 taken')
        return
      }
      this.lines.push(line)
      const own = this.answer(line, socket)
      if (own !== undefined) return say(own)
      const [verb = ''] = line.toUpperCase().split(' ')
      if (verb === 'EHLO') return say('250 tests')
      if (verb === 'MAIL') envelope = { from: addressIn(line), to: [] }
      if (verb === 'RCPT') envelope.to.push(addressIn(line))
      if (verb === 'DATA') {
        data = []
        return say('354 go on')
      }
      say(verb === 'QUIT' ? '221 bye' : '250 fine')
      if (verb === 'QUIT') socket.end()
    }
    socket.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\r\n')
      rest = lines.pop() ?? ''
      lines.forEach(hear)
    })
    if (!this.isSilent) say('220 tests')
  }
}

const addressIn = (line: string): string => /<(.*)>/.exec(line)?.[1] ?? ''
