import { limitWindows, reachedActions, subjectKinds } from '@speka/core/internal'
import { z } from 'zod'
import { accountRoles } from '../actor.ts'

/** What every record of the registry has: its own id, whose it is, and since when. */
interface Common {
  /** Opaque and safe to show. Never accepted as a credential. */
  readonly id: string
  /** The account it belongs to; an account belongs to itself. */
  readonly account: string
  /** In ms since the epoch; 0: it was always there. */
  readonly createdAt: number
}

const moment = z.number().optional()
const words = z.array(z.string()).readonly()

const account = z.object({
  name: z.string(),
  /** `none`: no plan limits. */
  plan: z.string(),
  email: z.string().optional(),
  /** Of a suspended account no key works. */
  status: z.enum(['active', 'suspended']),
  /**
   * Every plan it was, is or will be on, the oldest first: each from a moment in ms since the epoch until the next. The one in
   * force now is `planAt(account, now)`. Absent: `plan`, since it was made.
   */
  plans: z
    .array(z.object({ plan: z.string(), from: z.number() }))
    .readonly()
    .optional(),
  /** What stands on its invoices as the buyer. */
  buyer: z
    .object({
      /** Default: the name of the account. */
      name: z.string().optional(),
      address: z.string().optional(),
      /** Two letters, as ISO 3166-1 has them: tax goes by it. */
      country: z.string().optional(),
      taxId: z.string().optional(),
    })
    .optional(),
  /** What it is known as where its payments are taken, such as a customer's id at Stripe. */
  payer: z
    .object({
      provider: z.string(),
      customer: z.string(),
      subscription: z.string().optional(),
      /** The last checkout that it has completed, and when, by the provider's clock: an older one says nothing any more. */
      checkout: z.object({ id: z.string(), at: z.number() }).optional(),
    })
    .optional(),
  /** Since when an invoice is unpaid, in ms since the epoch, and whether the account was suspended because of it. */
  unpaid: z.object({ since: z.number(), invoice: z.string(), hasSuspended: z.boolean() }).optional(),
})

const team = z.object({ name: z.string() })

const member = z.object({
  /** As it was written; two that differ in case alone are one. */
  email: z.string(),
  role: z.enum(accountRoles),
  /** The keys of a removed member do not work. */
  status: z.enum(['invited', 'active', 'removed']),
  /** What his company's directory says of him. Absent: it has said nothing. */
  directory: z
    .object({
      userName: z.string().optional(),
      externalId: z.string().optional(),
      displayName: z.string().optional(),
      givenName: z.string().optional(),
      familyName: z.string().optional(),
      /** Whether it has deleted him, rather than said that he is not active. */
      isDeleted: z.boolean().optional(),
    })
    .optional(),
})

/** A group of a company's directory. */
const group = z.object({
  name: z.string(),
  externalId: z.string().optional(),
  /** The ids of its members. */
  members: words,
  removedAt: moment,
})

const key = z.object({
  name: z.string(),
  /** A test key reaches only the sandbox. */
  mode: z.enum(['live', 'test']),
  /** The ids of its team and its member. */
  team: z.string().optional(),
  member: z.string().optional(),
  environment: z.string().optional(),
  tags: words.optional(),
  /** What the key may do beyond its plan. */
  limits: z.object({
    /** Globs of the models it may use. Default: all. */
    models: words.optional(),
    /** Names of the operations it may ask for, such as `chat`. Default: all. */
    endpoints: words.optional(),
    /** Names of the providers that may answer it, as the configuration has them. Default: all. */
    providers: words.optional(),
  }),
  /** Moments in ms since the epoch. */
  expiresAt: moment,
  revokedAt: moment,
  /** The id of the key that was made in its place. */
  replacedBy: z.string().optional(),
  /** Until when it goes on beside the key in its place. */
  replacedUntil: moment,
  /** The id of the first key, when this one came in its place: limits count them as one. */
  origin: z.string().optional(),
})

const token = z.object({
  name: z.string(),
  /** `operator`: a token of whoever runs the gateway, which belongs to no account. */
  role: z.enum([...accountRoles, 'operator']),
  expiresAt: moment,
  revokedAt: moment,
})

const provider = z.object({
  /** Whether nothing is to be sent to it, by the operator's hand. */
  isolated: z.boolean(),
})

const limit = z.object({
  /** Whose requests it counts. Without an id each one of its kind has it for itself, or it is the account's. */
  subject: z.object({ kind: z.enum(subjectKinds), id: z.string().optional() }),
  /** A glob: only requests for these models. Default: all. */
  models: z.string().optional(),
  rule: z.discriminatedUnion('kind', [
    /** A decimal string. */
    z.object({ kind: z.literal('usd'), usd: z.string(), window: z.enum(limitWindows) }),
    z.object({ kind: z.enum(['rpm', 'rpd', 'tpm', 'max_parallel']), amount: z.number() }),
  ]),
  onReached: z.enum(reachedActions),
  /** The models to ask instead, in order. */
  fallback: words.optional(),
  /** Since when it counts what is spent, in ms since the epoch; 0: from the first. */
  since: z.number(),
  /** What the operator has set is not the account's to change. */
  setBy: z.enum(['operator', 'account']),
  removedAt: moment,
})

const grant = z.object({
  /** A decimal string, in US dollars. */
  usd: z.string(),
  /** Of several, the one with the lowest number is spent first. */
  priority: z.number(),
  /** From when it can be spent, until before when; in ms since the epoch. */
  from: z.number(),
  expiresAt: moment,
  note: z.string().optional(),
  /** Taken back: from then on nothing more is spent of it. */
  revokedAt: moment,
})

const adjustment = z.object({
  /** The month whose invoice has it, `YYYY-MM`. */
  month: z.string(),
  /**
   * `usage`: what usage cost was wrong, so it is usage of that month, and the allowance pays for it first. `amount`: an amount
   * of its own, which neither allowance nor credit touches.
   */
  kind: z.enum(['usage', 'amount']),
  /** A decimal string in US dollars, with a sign: below zero in the customer's favour. */
  usd: z.string(),
  /** The month it is about, when that is another. */
  about: z.string().optional(),
  reason: z.string(),
  /** The id of the reprice that it came of. */
  reprice: z.string().optional(),
})

const reprice = z.object({
  /** Which rows: a glob of their models, and from when until before when they arrived, in ms since the epoch. */
  models: z.string(),
  since: z.number(),
  until: z.number(),
  /** What they should have cost: rates by name as a configuration has them, decimal strings. */
  price: z.record(z.string(), z.string()),
  /** Since when every account has its adjustments of it. Absent: it was interrupted, and goes on when it is said again. */
  completedAt: moment,
})

/** What a plan of the configuration has cost and included. Its id is its name. */
const plan = z.object({
  /** The oldest first: each from a moment in ms since the epoch until the next, the first from the beginning. */
  versions: z
    .array(
      z.object({
        from: z.number(),
        /** Decimal strings, in US dollars. */
        monthlyUsd: z.string(),
        includedUsd: z.string(),
        overage: z.enum(['stop', 'bill']),
      }),
    )
    .readonly(),
})

/** What became of an invoice at whoever takes payments. Its id is `pay_` and the invoice's number. */
const payment = z.object({
  invoice: z.string(),
  provider: z.string(),
  /** What the invoice comes to, as it stands on it. */
  usd: z.string(),
  /** `pending`: not wholly handed over yet. `open`: handed over, and not paid yet. */
  state: z.enum(['pending', 'open', 'paid', 'failed', 'disputed', 'void']),
  /** The provider's id of it. */
  reference: z.string().optional(),
  /** When the state was last heard of, in ms since the epoch, by the provider's clock. */
  changedAt: moment,
  /** Since when it has failed, or is disputed; by the provider's clock too. */
  failedSince: moment,
  /** What was given back so far of each of the provider's charges, as a decimal string in US dollars. */
  refunds: z
    .array(z.object({ charge: z.string(), usd: z.string() }))
    .readonly()
    .optional(),
})

/** How far what a provider of payments tells has been heard. Its id is the provider's name. */
const payment_feed = z.object({
  /** All that happened before, in ms since the epoch by the provider's clock. */
  heardUntil: z.number(),
})

/** Somebody who has signed in. What he may do is in his member's record, read each time, and not in here. */
const session = z.object({
  /** The id of the member; of a session of the operator there is none. */
  member: z.string().optional(),
  /** By what he has shown who he is. */
  how: z.enum(['admin_token', 'code', 'passkey', 'oidc']),
  /** Who it is in the words of whoever has vouched for him, where that is not a member. */
  person: z.string().optional(),
  /** Moments in ms since the epoch. */
  expiresAt: z.number(),
  revokedAt: moment,
})

/** By what a member signs in without a code. The half that signs never leaves his device: this is the other one. */
const passkey = z.object({
  /** The id of the member. */
  member: z.string(),
  name: z.string(),
  /** The public key as COSE has it, in base64url. */
  publicKey: z.string(),
  /** How often it has signed by its own count; 0: it does not count. */
  counter: z.number(),
  /** How a browser may reach it: `internal`, `hybrid`, `usb`. */
  transports: words,
  /** Moments in ms since the epoch. */
  lastUsedAt: moment,
  /** Since when it is refused because its count went back, as it does when there is a copy of it. */
  copiedAt: moment,
  removedAt: moment,
})

/** What of each kind's record is kept as JSON. No secret is in there: it may be shown, and the audit has it. */
export const recordBodies = {
  account,
  team,
  member,
  group,
  key,
  token,
  provider,
  limit,
  grant,
  adjustment,
  reprice,
  plan,
  payment,
  payment_feed,
  session,
  passkey,
} as const

/** Who pays: keys, teams and members belong to it. */
export type AccountRecord = Common & Readonly<z.output<typeof account>>

/** A label on keys of an account. */
export type TeamRecord = Common & Readonly<z.output<typeof team>>

/** A person in an account. */
export type MemberRecord = Common & Readonly<z.output<typeof member>>

/** A group of a company's directory, by which its people get roles. */
export type GroupRecord = Common & Readonly<z.output<typeof group>>

/** What is kept of one virtual key. The key itself is never in here, only its digest. */
export type KeyRecord = Common &
  Readonly<z.output<typeof key>> & {
    /** HMAC-SHA-256 of the whole key, in hex. Never accepted as a credential. */
    readonly digest: string
    /** The id of the set of labels it has: team, environment, member and tags. 0: it has none. The store gives it. */
    readonly labels: number
  }

/** What is kept of one token of the management API: its digest, as of a key. An operator's belongs to the account ''. */
export type TokenRecord = Common & Readonly<z.output<typeof token>> & { readonly digest: string }

/** What is kept of one session: the digest of its secret, as of a token. An operator's belongs to the account ''. */
export type SessionRecord = Common & Readonly<z.output<typeof session>> & { readonly digest: string }

/** What is kept of one passkey. */
export type PasskeyRecord = Common &
  Readonly<z.output<typeof passkey>> & {
    /** The id that its device gave it, in base64url. */
    readonly credential: string
  }

/** What the operator has said of a provider, under its name in the configuration. It belongs to the account ''. */
export type ProviderRecord = Common & Readonly<z.output<typeof provider>>

/** One rule: whose requests, counted how, up to what, and what happens then. Removed, it says since when. */
export type LimitRecord = Common & Readonly<z.output<typeof limit>>

/** Prepaid credit of an account: an amount, when it can be spent, and before which others. */
export type GrantRecord = Common & Readonly<z.output<typeof grant>>

/** What an invoice has beyond usage and fee: a correction of what an earlier one said, or anything the operator adds. */
export type AdjustmentRecord = Common & Readonly<z.output<typeof adjustment>>

/** Another price for rows there are already. It belongs to the account ''; what each account gets of it are adjustments. */
export type RepriceRecord = Common & Readonly<z.output<typeof reprice>>

/** What a plan of the configuration was over time. It belongs to the account ''. */
export type PlanRecord = Common & Readonly<z.output<typeof plan>>

/** How far what a provider of payments tells has been heard. It belongs to the account ''. */
export type PaymentFeedRecord = Common & Readonly<z.output<typeof payment_feed>>

/** What became of an invoice at whoever takes payments. */
export type PaymentRecord = Common & Readonly<z.output<typeof payment>>
