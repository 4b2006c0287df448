import { readSmtpUrl } from '../config/smtp-url.ts'
import { SmtpServer } from './__fixtures__/smtp-server.ts'
import { openMail } from './open-mail.ts'

let server: SmtpServer
let url: string
beforeEach(async () => {
  server = new SmtpServer()
  url = await server.listen()
})
afterEach(() => server.close())

const message = { to: 'ann@example.com', subject: 'Speka: 123456', text: 'Your code is 123456.\n' }

test('a mail is given to the server, in plain text, to one address', async () => {
  const mail = await openMail(readSmtpUrl(url), 'no-reply@speka.example')
  await mail.send(message)
  expect(server.mails).toHaveLength(1)
  const [taken] = server.mails
  expect(taken).toMatchObject({ from: 'no-reply@speka.example', to: ['ann@example.com'] })
  expect(taken?.data).toContain('Subject: Speka: 123456')
  expect(taken?.data).toMatch(/content-type: text\/plain/i)
  expect(taken?.data).toMatch(/auto-submitted: auto-generated/i)
  expect(taken?.data).toContain('Your code is 123456.')
  expect(mail.trouble()).toBeUndefined()
})

test('is from whom the URL says', async () => {
  const mail = await openMail(readSmtpUrl(`${url}?from=hello@speka.example`), 'no-reply@speka.example')
  await mail.send(message)
  expect(server.mails[0]?.from).toBe('hello@speka.example')
})

test('what looks like two addresses, or like a header, goes to nobody else', async () => {
  const mail = await openMail(readSmtpUrl(url), 'no-reply@speka.example')
  for (const to of ['ann@example.com, eve@example.com', 'ann@example.com\r\nRCPT TO:<eve@example.com>'])
    await mail.send({ ...message, to }).catch(() => {})
  expect(server.mails.flatMap((one) => one.to)).not.toContain('eve@example.com')
  expect(server.lines.filter((line) => line.startsWith('RCPT TO:<eve@'))).toEqual([])
})

test.each([
  { what: 'refuses the address', answer: (line: string) => (line.startsWith('RCPT') ? '550 nobody' : undefined) },
  { what: 'refuses the sender', answer: (line: string) => (line.startsWith('MAIL') ? '451 later' : undefined) },
])('a server that $what is trouble, until one goes', async ({ answer }) => {
  const mail = await openMail(readSmtpUrl(url), 'no-reply@speka.example')
  server.answer = answer
  await expect(mail.send(message)).rejects.toThrow(/nobody|later/)
  expect(mail.trouble()).toMatch(/nobody|later/)
  server.answer = () => undefined
  await mail.send(message)
  expect(mail.trouble()).toBeUndefined()
})

test('a server that says nothing is waited for no longer than the deadline', async () => {
  server.isSilent = true
  const mail = await openMail(readSmtpUrl(url), 'no-reply@speka.example', { deadlineMs: 50 })
  await expect(mail.send(message)).rejects.toThrow('longer than 50 ms')
})

test('one that is not there is trouble, and is found so without sending anything', async () => {
  const mail = await openMail(readSmtpUrl(url), 'no-reply@speka.example')
  await server.close()
  await mail.check()
  expect(mail.trouble()).toContain('ECONNREFUSED')
  await expect(mail.send(message)).rejects.toThrow('ECONNREFUSED')
})

test('the server is told the password', async () => {
  const mail = await openMail({ ...readSmtpUrl(url), user: 'ann', password: 'secret' }, 'a@b.example')
  server.answer = (line) => (line.startsWith('EHLO') ? '250-tests\r\n250 AUTH PLAIN' : undefined)
  await mail.send(message)
  const said = server.lines.find((line) => line.startsWith('AUTH PLAIN '))?.slice('AUTH PLAIN '.length) ?? ''
  expect(Buffer.from(said, 'base64').toString()).toBe('\0ann\0secret')
})

test.each([
  { url: 'smtp://ann:secret@mail.example.com', requireTLS: true },
  { url: 'smtp://ann:secret@127.0.0.1', requireTLS: false },
  { url: 'smtp://mail.example.com', requireTLS: false },
])('over the network a password goes encrypted or not at all: $url', async ({ url, requireTLS }) => {
  const asked: object[] = []
  const createTransport = (options: object) => {
    asked.push(options)
    return { sendMail: async () => ({}), verify: async () => true as const }
  }
  await openMail(readSmtpUrl(url), 'a@b.example', { load: async () => ({ createTransport }) })
  expect(asked).toMatchObject([{ requireTLS }])
})

const missing = () => Promise.reject(new Error("Cannot find package 'nodemailer'"))

test('where nodemailer is not installed, it is said how to install it', async () => {
  await expect(openMail(readSmtpUrl(url), 'a@b.example', { load: missing })).rejects.toMatchObject({
    name: 'SettingsError',
    message: expect.stringContaining('npm install nodemailer@10'),
  })
})
