import { pino, type DestinationStream, type Logger } from 'pino'
import { formatUsd, type RequestId, type SpekaError, type UsageRecord } from '@speka/core'
import { LogOutput } from './log-output.ts'

/** What the server tells its operator. Never a body, never a key. */
export interface Log {
  readonly pino: Logger
  /** A request was answered: at level `debug`, since the ledger has it anyway. */
  answered(record: UsageRecord): void
  /** A request failed: at level `warn`, with what the caller is not told. */
  failed(record: UsageRecord, error: SpekaError): void
  /** A layer refused a request after it had waited: at level `debug`, unless it was the layer's own fault. */
  refused(request: RequestId, error: SpekaError): void
}

/**
 * Makes the log: JSON lines.
 *
 * @param level default: `warn` on a terminal, where the start-up message says the rest, else `info`.
 * @param output where the lines go. Default: standard error.
 */
export function createLog(
  level = process.stderr.isTTY ? 'warn' : 'info',
  // Not pino's own: at the end of the process that one waits for its reader, however long it takes.
  output: DestinationStream = new LogOutput(process.stderr),
): Log {
  const logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, output)
  return {
    pino: logger,
    answered(record) {
      if (logger.isLevelEnabled('debug')) logger.debug(fieldsOf(record), 'answered')
    },
    failed(record, error) {
      // What a caller can mend is told in an upstream's words, which may quote the prompt: it is not for the log.
      const message = error.status < 500 ? undefined : error.message
      logger.warn({ ...fieldsOf(record), error: error.code, message, cause: causeOf(error) }, 'failed')
    },
    refused(request, error) {
      if (error.code === 'internal_error') logger.error({ request, err: error.cause ?? error }, 'a layer threw')
      else logger.debug({ request, error: error.code }, 'refused')
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

/**
 * The cause in one line, as far as it is the system's or the database's. An upstream's own words stay out: they may repeat
 * the prompt or the key they were sent, and a parser's complaint quotes them.
 */
function causeOf({ code, cause }: SpekaError): string | undefined {
  if (typeof cause !== 'object' || cause === null) return undefined
  const { name, message, code: systemCode } = cause as Partial<NodeJS.ErrnoException>
  return systemCode !== undefined || code === 'storage_unavailable' ? message?.slice(0, 500) : name
}
