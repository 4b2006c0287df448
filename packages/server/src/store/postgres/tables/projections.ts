export const projectionTables = `
`
