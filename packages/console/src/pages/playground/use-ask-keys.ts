import { useEffect, useRef, type RefObject } from 'react'

/** A form in which Ctrl and Enter, or ⌘ and Enter, do what its submitting button does, from within any field. */
export function useAskKeys(): RefObject<HTMLFormElement | null> {
  const ref = useRef<HTMLFormElement>(null)
  useEffect(() => {
    const form = ref.current
    const ask = (event: KeyboardEvent): void => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
      event.preventDefault()
      const button = form?.querySelector<HTMLButtonElement>('button[type=submit]')
      if (button?.disabled === false) form?.requestSubmit(button)
    }
    form?.addEventListener('keydown', ask)
    return () => form?.removeEventListener('keydown', ask)
  }, [])
  return ref
}
