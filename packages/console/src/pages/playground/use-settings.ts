import { useEffect, useState } from 'react'
import { useAddress } from '../../address.ts'
import { readSettings, writeSettings, type Settings } from './playground-form.ts'

const PAUSE_MS = 400

/** The settings that the page was opened with, and how to change them. The address follows once somebody has stopped typing. */
export function useSettings(): [Settings, (change: Partial<Settings>) => void] {
  const [said, say] = useAddress()
  const [settings, setSettings] = useState(() => readSettings(said))
  const written = writeSettings(settings)
  const isSaid = Object.entries(written).every(([name, value]) => (said[name] ?? '') === (value ?? ''))
  useEffect(() => {
    if (isSaid) return
    const pause = setTimeout(() => say(written), PAUSE_MS)
    return () => clearTimeout(pause)
  })
  return [settings, (change) => setSettings((before) => ({ ...before, ...change }))]
}
