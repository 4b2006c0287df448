import type { Site } from '../../config/site-schema.ts'
import { html } from '../html.ts'
import type { SignInPage } from './sign-in-pages.ts'

/** A whole page, as it is sent. */
export const frame = ({ title, description, body }: SignInPage, { name }: Pick<Site, 'name'>): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · ${name}</title>
<meta name="description" content="${description}">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
</head>
<body>
<header><a href="/">${name}</a></header>
<main id="main">
${body}
</main>
</body>
</html>
`.text
