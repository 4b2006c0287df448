import type { Plugin } from 'vite'

const INLINE = /<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|javascript:/i

/** Refuses a page with a script or a style in it: the server's Content-Security-Policy allows files of its own alone. */
export function withoutInline(): Plugin {
  return {
    name: 'without-inline',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(html) {
        const found = INLINE.exec(html)
        if (found !== null)
          throw new Error(`index.html has "${found[0]}" in it, which the Content-Security-Policy refuses.`)
      },
    },
  }
}
