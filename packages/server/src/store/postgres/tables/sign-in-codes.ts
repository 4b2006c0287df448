export const signInTables = `
`
