export const invoiceTables = `
`
