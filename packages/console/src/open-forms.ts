import { useSyncExternalStore } from 'react'

let open = 0
const listeners = new Set<() => void>()

const change = (by: number): void => {
  open += by
  for (const tell of listeners) tell()
}

/** Says that somebody has begun to fill in a form. @returns what says that he is done. */
export function openForm(): () => void {
  change(1)
  return () => change(-1)
}

/** Whether somebody fills in a form: what it is about does not change beneath it, since a row that goes would take the form with it. */
export const isFormOpen = (): boolean => open > 0

export const useFormOpen = (): boolean =>
  useSyncExternalStore((tell) => {
    listeners.add(tell)
    return () => listeners.delete(tell)
  }, isFormOpen)
