import { randomUUID } from 'node:crypto'
import { plans } from '@speka/core/internal'
import { siteOf, type SignUp } from '../config/site-schema.ts'
import type { Mail, Message } from '../mail/mail.ts'
import type { SignInChoice } from '../management/sign-in-rows.ts'
import { changeRole, removeMember } from '../operations/change-member.ts'
import { createAccount } from '../operations/create-account.ts'
import { inviteMember } from '../operations/invite-member.ts'
import { operator, operationParts } from '../operations/__fixtures__/two-accounts.ts'
import { OpenStreams } from '../management/open-streams.ts'
import { Turns } from '../management/turns.ts'
import type { SiteParts } from '../site/site-parts.ts'
import { askForCode, CODE_MS } from './ask-for-code.ts'
import { signInTries } from './session-routes.ts'
import { actorOfSession } from './sessions.ts'
import { verifyCode, type ComeIn } from './verify-code.ts'

/** Mail that is kept in place of being sent. */
class KeptMail implements Mail {
  readonly sent: Message[] = []
  failure: Error | undefined
  checks = 0

  trouble(): string | undefined {
    return this.failure?.message
  }

  async send(message: Message): Promise<void> {
    if (this.failure !== undefined) throw this.failure
    this.sent.push(message)
  }

  async check(): Promise<void> {
    this.checks += 1
  }

  async close(): Promise<void> {}
}

function setUp(signUp: SignUp, { hasMail = true } = {}) {
  const { parts: operations, time } = operationParts()
  const mail = new KeptMail()
  const site = siteOf(
    { sign_up: signUp },
    { site: 'on', publicUrl: undefined, configFile: undefined, host: '127.0.0.1' },
  )
  const told: { email: string; code: string; why: unknown }[] = []
  const parts: SiteParts = {
    metrics: () => '',
    operations,
    listener: 'gateway',
    host: '127.0.0.1',
    site: () => site,
    adminToken: undefined,
    consoleFiles: undefined,
    showsConsole: true,
    tries: signInTries('gateway', operations),
    streams: new OpenStreams(),
    turns: new Turns(),
    mail: hasMail ? mail : undefined,
    tellCode: ({ email, code }, why) => void told.push({ email, code, why }),
  }
  /** The code that was sent last, once the mail behind the answer has gone. */
  const ask = async (email: string, client: string = randomUUID()): Promise<string> => {
    await askForCode(parts, email, client)
    await new Promise(setImmediate)
    return /\d{6}/.exec(mail.sent.at(-1)?.subject ?? '')?.[0] ?? told.at(-1)?.code ?? ''
  }
  const verify = (email: string, code: string, account?: string) => verifyCode(parts, { email, code, account })
  const comeIn = async (email: string, account?: string): Promise<ComeIn> => {
    const came = await verify(email, await ask(email), account)
    if (!('session' in came)) throw new Error('There was a choice.')
    return came
  }
  const invite = async (email: string, name: string) => {
    time.now += 1
    const account = (await createAccount(operations, operator, { name })).id
    return await inviteMember(operations, operator, { account, email, role: 'member' })
  }
  return { parts, operations, time, mail, told, ask, verify, comeIn, invite }
}

const another = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0')

describe('where sign-up is open', () => {
  test('an address that nobody knows gets an account on the plan free, and is its owner', async () => {
    const { comeIn, operations } = setUp('open')
    const { session, isNew } = await comeIn('Ann@Example.com')
    expect(isNew).toBe(true)
    expect(session.actor).toMatchObject({ kind: 'account', role: 'owner' })
    const [account] = (await operations.store.registry.list('account')).filter(({ record }) => record.id !== 'default')
    expect(account?.record).toMatchObject({ name: 'Ann', plan: 'free', email: 'Ann@Example.com', status: 'active' })
    expect((await operations.store.registry.list('member')).map(({ record }) => record)).toMatchObject([
      { account: account?.record.id, email: 'Ann@Example.com', role: 'owner', status: 'active' },
    ])
    expect(plans.map(({ id }) => id)).toContain('free')
  })

  test('the same address comes into the same account again, however it is written', async () => {
    const { comeIn, operations } = setUp('open')
    const first = await comeIn('ann@example.com')
    const again = await comeIn('ANN@example.com')
    expect(again.isNew).toBe(false)
    expect(again.session.record.account).toBe(first.session.record.account)
    expect(await operations.store.registry.list('account')).toHaveLength(2)
  })

  test('another spelling of a mailbox that has an account gets none, and is told so', async () => {
    const { comeIn, operations } = setUp('open')
    await comeIn('ann@gmail.com')
    await expect(comeIn('a.n.n+more@googlemail.com')).rejects.toMatchObject({ code: 'conflict' })
    expect(await operations.store.registry.list('account')).toHaveLength(2)
  })

  test('of two spellings that sign up at the same time one gets it', async () => {
    const { ask, verify, operations } = setUp('open')
    const spellings = ['ann@gmail.com', 'an.n@gmail.com', 'ann+x@gmail.com']
    const codes: string[] = []
    for (const email of spellings) codes.push(await ask(email))
    const all = await Promise.allSettled(spellings.map((email, n) => verify(email, codes[n] ?? '')))
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await operations.store.registry.list('account')).toHaveLength(2)
  })

  test('an address to throw away is refused by its domain, before anything is sent', async () => {
    const { parts, mail } = setUp('open')
    await expect(askForCode(parts, 'ann@mailinator.com', 'client')).rejects.toThrow('mailinator.com')
    expect(mail.sent).toEqual([])
  })

  test('who is in somebody else’s account comes into that one, and gets none of his own', async () => {
    const { comeIn, invite } = setUp('open')
    const member = await invite('ann@example.com', 'theirs')
    const { session, isNew } = await comeIn('ann@example.com')
    expect(isNew).toBe(false)
    expect(session.record.member).toBe(member.id)
  })
})

describe('where members are invited', () => {
  test('an invited one is active from then on', async () => {
    const { comeIn, invite, operations } = setUp('invited')
    const { id } = await invite('ann@example.com', 'theirs')
    await comeIn('ann@example.com')
    expect((await operations.store.registry.get('member', id))?.record.status).toBe('active')
  })

  test('others are answered the same, and are sent nothing', async () => {
    const { parts, mail, invite } = setUp('invited')
    await invite('ann@example.com', 'theirs')
    const known = await askForCode(parts, 'ann@example.com', 'client')
    const unknown = await askForCode(parts, 'bob@example.com', 'client')
    await new Promise(setImmediate)
    expect(unknown).toEqual(known)
    expect(mail.sent.map(({ to }) => to)).toEqual(['ann@example.com'])
    expect(mail.checks).toBe(1)
  })

  test('a wrong code is refused in the same words whether there is such a member or not', async () => {
    const { parts, ask, verify, invite } = setUp('invited')
    await invite('ann@example.com', 'theirs')
    const code = another(await ask('ann@example.com'))
    await askForCode(parts, 'bob@example.com', 'client')
    const messages = await Promise.all(
      ['ann@example.com', 'bob@example.com'].map((email) => verify(email, code).catch(({ message }: Error) => message)),
    )
    expect(messages[0]).toBe(messages[1])
  })

  test('a member of several accounts chooses one, with one code', async () => {
    const { ask, verify, invite } = setUp('invited')
    await invite('ann@example.com', 'first')
    const second = await invite('ann@example.com', 'second')
    const code = await ask('ann@example.com')
    const choice = (await verify('ann@example.com', code)) as SignInChoice
    expect(choice.accounts).toMatchObject([
      { name: 'first', role: 'member' },
      { name: 'second', role: 'member' },
    ])
    const account = choice.accounts[1]?.id
    expect(await verify('ann@example.com', code, account)).toMatchObject({ session: { record: { member: second.id } } })
    await expect(verify('ann@example.com', code, account)).rejects.toMatchObject({ param: 'code' })
  })

  test('an account that is not his is none of his choices', async () => {
    const { ask, verify, invite, operations } = setUp('invited')
    await invite('ann@example.com', 'hers')
    const theirs = (await createAccount(operations, operator, { name: 'theirs' })).id
    const came = await verify('ann@example.com', await ask('ann@example.com'), theirs)
    expect(came).toMatchObject({ object: 'sign_in_choice', accounts: [{ name: 'hers' }] })
  })

  test('who was removed is sent nothing, and his session is over', async () => {
    const { parts, comeIn, invite, operations, mail } = setUp('invited')
    const { id } = await invite('ann@example.com', 'theirs')
    const { session } = await comeIn('ann@example.com')
    const [secret = ''] = session.cookie.split('=').slice(1).join('=').split(';')
    expect(await actorOfSession(secret, parts)).toMatchObject({ member: id })
    await changeRole(operations, operator, { id, role: 'viewer' })
    expect(await actorOfSession(secret, parts)).toMatchObject({ role: 'viewer' })
    await removeMember(operations, operator, { id })
    expect(await actorOfSession(secret, parts)).toBeUndefined()
    await askForCode(parts, 'ann@example.com', 'client')
    await new Promise(setImmediate)
    expect(mail.sent).toHaveLength(1)
  })
})

describe('a code', () => {
  test('is used once, also by many at the same time', async () => {
    const { ask, verify } = setUp('open')
    const code = await ask('ann@example.com')
    const all = await Promise.allSettled(Array.from({ length: 10 }, () => verify('ann@example.com', code)))
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  test('of another address is none', async () => {
    const { ask, verify } = setUp('open')
    const code = await ask('ann@example.com')
    await ask('bob@example.com')
    await expect(verify('bob@example.com', code)).rejects.toMatchObject({ param: 'code' })
  })

  test('is over after ten minutes', async () => {
    const { ask, verify, time } = setUp('open')
    const code = await ask('ann@example.com')
    time.now += CODE_MS
    await expect(verify('ann@example.com', code)).rejects.toMatchObject({ param: 'code' })
  })

  test('is none any more after five wrong tries', async () => {
    const { ask, verify } = setUp('open')
    const code = await ask('ann@example.com')
    for (let n = 0; n < 5; n += 1)
      await expect(verify('ann@example.com', another(code))).rejects.toMatchObject({ param: 'code' })
    await expect(verify('ann@example.com', code)).rejects.toMatchObject({ param: 'code' })
  })

  test('is asked for five times an hour for a mailbox, and twenty times from one place', async () => {
    const { parts, mail, time } = setUp('open')
    const spellings = ['ann@gmail.com', 'a.nn@gmail.com', 'ann+1@gmail.com']
    const all = await Promise.allSettled(
      Array.from({ length: 1000 }, (_, n) => askForCode(parts, spellings[n % 3] ?? '', `client ${n}`)),
    )
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(5)
    const others = await Promise.allSettled(
      Array.from({ length: 100 }, (_, n) => askForCode(parts, `ann${n}@example.com`, 'one place')),
    )
    expect(others.filter(({ status }) => status === 'fulfilled')).toHaveLength(20)
    await new Promise(setImmediate)
    expect(mail.sent).toHaveLength(25)
    await expect(askForCode(parts, 'bob@example.com', 'one place')).rejects.toMatchObject({
      code: 'rate_limit_exceeded',
      retryAfterMs: 3_600_000,
    })
    time.now += 3_600_000
    await askForCode(parts, 'bob@example.com', 'one place')
  })

  test('is in the log where no mail is sent, and it is said so', async () => {
    const { parts, told, comeIn } = setUp('open', { hasMail: false })
    expect(await askForCode(parts, 'ann@example.com', 'client')).toMatchObject({ delivery: 'log', trouble: null })
    expect((await comeIn('ann@example.com')).isNew).toBe(true)
    expect(told).toMatchObject([{ email: 'ann@example.com', why: undefined }, { email: 'ann@example.com' }])
  })

  test('that no server takes is in the log, it is said so, and it is good', async () => {
    const { parts, told, mail, verify } = setUp('open')
    mail.failure = new Error('connect ECONNREFUSED mail.internal:25')
    const { trouble } = await askForCode(parts, 'ann@example.com', 'client')
    await new Promise(setImmediate)
    expect(trouble).toContain('mail server')
    // Where it is, is nobody's business.
    expect(trouble).not.toContain('mail.internal')
    expect(told).toMatchObject([{ why: mail.failure }])
    expect(await verify('ann@example.com', told[0]?.code ?? '')).toMatchObject({ isNew: true })
  })
})

test('where sign-up is off nobody signs in by a code', async () => {
  const { parts, verify } = setUp('off')
  await expect(askForCode(parts, 'ann@example.com', 'client')).rejects.toMatchObject({ code: 'unknown_url' })
  await expect(verify('ann@example.com', '123456')).rejects.toMatchObject({ code: 'unknown_url' })
})
