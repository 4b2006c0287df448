/** The part of a browser that sign-ins need: it keeps cookies by host and name, and goes where it is sent, a step at a time. */
export class BrowserJar {
  readonly cookies = new Map<string, string>()

  /** Goes to a place, with the cookies of its host, and no further. */
  async go(url: string): Promise<Response> {
    const { host } = new URL(url)
    const cookie = [...this.cookies]
      .filter(([key]) => key.startsWith(`${host} `))
      .map(([key, value]) => `${key.slice(host.length + 1)}=${value}`)
      .join('; ')
    const answer = await fetch(url, { redirect: 'manual', headers: cookie === '' ? {} : { cookie } })
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ''] = line.split(';')
      const [name = '', value = ''] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]
      if (value === '' || /max-age=0|expires=thu, 01 jan 1970/i.test(line)) this.cookies.delete(`${host} ${name}`)
      else this.cookies.set(`${host} ${name}`, value)
    }
    return answer
  }

  /** Goes where it is sent until `isThere`. Resolves with that place, to which it has not gone. */
  async follow(url: string, isThere: (url: string) => boolean): Promise<string> {
    let there = url
    for (let steps = 0; steps < 20 && !isThere(there); steps += 1) {
      const answer = await this.go(there)
      const to = answer.headers.get('location')
      if (to === null) throw new Error(`${there} answered ${answer.status}: ${await answer.text()}`)
      await answer.body?.cancel()
      there = new URL(to, there).href
    }
    return there
  }
}
