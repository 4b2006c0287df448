import type { ReactNode } from 'react'

const tones = {
  usual: 'bg-raised text-ink',
  good: 'bg-good-soft text-good',
  warn: 'bg-warn-soft text-warn',
  bad: 'bg-bad-soft text-bad',
} as const

export type Tone = keyof typeof tones

/** A state in a word. */
export const Badge = ({ tone = 'usual', children }: { readonly tone?: Tone; readonly children: ReactNode }) => (
  <span className={`inline-block rounded px-1.5 py-0.5 text-xs font-medium whitespace-nowrap ${tones[tone]}`}>
    {children}
  </span>
)
