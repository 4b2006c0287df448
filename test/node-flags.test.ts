import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeFlags } from '../packages/server/src/cli/node-flags.ts'
import { fromSource, node, spawnGateway, type Gateway } from './support/spawn-gateway.ts'

const commandOf = (pid: number): string[] => readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')

const onLinux = process.platform === 'linux' ? describe : describe.skip

onLinux('a gateway that is started', () => {
  let gateway: Gateway | undefined

  afterEach(() => gateway?.close())

  test('gives itself the flags it runs best with, and stays the process that was started', async () => {
    gateway = await spawnGateway({}, { restarts: true })
    const command = commandOf(gateway.pid())
    expect(command.slice(1, 1 + nodeFlags.length)).toEqual(nodeFlags)
    expect(command.filter((word) => word === nodeFlags[0])).toHaveLength(1)
    expect(await gateway.stop()).toBe(0)
  })

  test('leaves a size that the operator has chosen alone', async () => {
    gateway = await spawnGateway({}, { restarts: true, env: { NODE_OPTIONS: '--max-semi-space-size=8' } })
    expect(commandOf(gateway.pid())).not.toContain(nodeFlags[0])
  })

  test('keeps the channel of whoever holds one', async () => {
    const data = mkdtempSync(join(tmpdir(), 'speka-'))
    const args = [...fromSource, 'start', '--port', '0', '--data', data]
    const child = spawn(node, args, { stdio: ['ignore', 'pipe', 'ignore', 'ipc'] })
    try {
      await once(child.stdout as NonNullable<typeof child.stdout>, 'data')
      expect(child.connected).toBe(true)
      expect(commandOf(child.pid ?? 0)).not.toContain(nodeFlags[0])
    } finally {
      child.kill('SIGKILL')
      await once(child, 'exit')
      rmSync(data, { recursive: true, force: true })
    }
  })
})
