import { pino, type Logger } from 'pino'
import { formatUsd, type SpekaError, type UsageRecord } from '@speka/core'
import { LogOutput } from './log-output.ts'

/** What the server tells its operator. Never a body, never a key. */
export interface Log {
  readonly pino: Logger
  /** A request was answered: at level `debug`, since the ledger has it anyway. */
  answered(record: UsageRecord): void
  /** A request failed: at level `warn`, with what the caller is not told. */
  failed(record: UsageRecord, error: SpekaError): void
}

/**
 * Makes the log: JSON lines on standard error.
 *
 * @param level default: `warn` on a terminal, where the start-up message says the rest, else `info`.
 */
export function createLog(level = process.stderr.isTTY ? 'warn' : 'info'): Log {
  const logger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    // Not pino's own: at the end of the process that one waits for its reader, however long it takes.
    new LogOutput(process.stderr),
  )
  return {
    pino: logger,
    answered(record) {
      if (logger.isLevelEnabled('debug')) logger.debug(fieldsOf(record), 'answered')
    },
    failed(record, error) {
      logger.warn({ ...fieldsOf(record), error: error.code, message: error.message, cause: causeOf(error) }, 'failed')
    },
  }
}

function fieldsOf(record: UsageRecord): Record<string, unknown> {
  return {
    request: record.id,
    key: record.keyId,
    model: record.model,
    provider: record.provider,
    outcome: record.outcome,
    attempts: record.attempts.length,
    input_tokens: record.usage.inputTokens,
    output_tokens: record.usage.outputTokens,
    cost_usd: record.charge === undefined ? undefined : formatUsd(record.charge),
    duration_ms: record.durationMs,
  }
}

/** The cause in one line, without what looks like a key: an upstream's words may be long, and may repeat what it was sent. */
function causeOf({ cause }: SpekaError): string | undefined {
  if (cause === undefined) return undefined
  const text = String(cause instanceof Error ? `${cause.name}: ${cause.message}` : cause)
  return text.slice(0, 500).replace(/\b(?:sk|pk|nvapi|key|Bearer)[-_ ][\w*.-]{8,}/gi, '[redacted]')
}
