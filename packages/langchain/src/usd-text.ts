/** An amount of US dollars as the decimal string it was meant as: numbers are read to a millionth of a cent. */
export const usdText = (amount: number | string): string =>
  typeof amount === 'string' ? amount : amount.toFixed(8).replace(/\.?0+$/, '')
