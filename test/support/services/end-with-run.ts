import { spawn, type ChildProcess } from 'node:child_process'

/** Waits until nobody holds the other end of its pipe any more, which is however this process ends. */
const WATCH = 'cat > /dev/null; kill -9 "$1"; [ -z "$2" ] || rm -rf "$2"'

/**
 * Ends a service of the tests, and removes its folder, when this process is gone without having done so: killed, a run of tests would leave
 * servers behind, with their data in memory.
 */
export function endWithRun(service: ChildProcess, folder = ''): void {
  if (service.pid === undefined) return
  // In a group of its own, so that what ends the run does not end it as well.
  const watch = spawn('sh', ['-c', WATCH, 'sh', `${service.pid}`, folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  watch.unref()
  watch.on('error', () => {})
  watch.stdin.on('error', () => {})
  service.once('exit', () => watch.kill('SIGKILL'))
}
