export const alertTables = `
`
