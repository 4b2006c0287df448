export const replyTables = `
`
