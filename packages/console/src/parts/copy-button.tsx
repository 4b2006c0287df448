import { useState } from 'react'
import { Button } from './button.tsx'
import { notify } from './toast.tsx'

const SHOWN_MS = 2000

/** Puts a text on the clipboard. */
export function CopyButton({ text, label = 'Copy' }: { readonly text: string; readonly label?: string }) {
  const [copied, setCopied] = useState(false)
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text)
      setCopied(true)
      setTimeout(() => setCopied(false), SHOWN_MS)
    } catch {
      // Browsers have no clipboard for a page that came over plain HTTP from elsewhere.
      notify('This browser did not allow it. Select the text, and copy it by hand.', 'bad')
    }
  }
  return <Button onClick={() => void copy()}>{copied ? 'Copied' : label}</Button>
}
