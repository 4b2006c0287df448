/** Where somebody goes once he is signed in: a path of the console, as the address said it. What could lead elsewhere leads to the first page. */
export const insidePath = (said: string): string =>
  // oxlint-disable-next-line no-control-regex -- browsers drop them before they read an address
  said.startsWith('/') && !/^\/[/\\]|[\\\u0000-\u001f\u007f]/.test(said) ? said : '/'
