#!/usr/bin/env node
import { restartWithFlags, startsGateway } from './cli/node-flags.ts'

// Before anything else is loaded, which would be for nothing.
if (startsGateway(process.argv.slice(2))) restartWithFlags(process.env)

const { runCli } = await import('./cli/run-cli.ts')

// Whoever reads the output may stop reading, as `head` does; that must not end a gateway.
process.stdout.on('error', () => {})
process.stderr.on('error', () => {})

process.exitCode = await runCli(process.argv.slice(2), process.env, {
  out: (line) => process.stdout.write(`${line}\n`),
  bytes: (bytes) => process.stdout.write(bytes),
  error: (line) => process.stderr.write(`${line}\n`),
  isTty: process.stdout.isTTY,
})
