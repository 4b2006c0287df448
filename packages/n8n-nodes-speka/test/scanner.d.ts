declare module '@n8n/scan-community-package/scanner/scanner.mjs' {
  /** What a scan of the sources looks at; a scan of a package looks at everything. */
  export const SOURCE_FILE_PATTERNS: string[]
  export function analyzePackage(folder: string | undefined, patterns?: string[]): Promise<object>
}
