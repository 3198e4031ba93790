/** Rules of the front end that no compiler knows. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const texts = Object.entries(import.meta.glob<string>('../src/**/*.{ts,vue}', { eager: true, query: '?raw', import: 'default' }))
const holding = (pattern: RegExp): string[] => texts.filter(([, text]) => pattern.test(text)).map(([path]) => path)

describe('the house of the front end', () => {
  it('has its colours and the width of its labels in one file', () => {
    expect(texts.length).toBeGreaterThan(100)
    const colour = /#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(/i
    expect(['base.css', 'tokens.css'].map((name) => colour.test(readFileSync(join(import.meta.dirname, '../src/styles', name), 'utf8')))).toEqual([false, true])
    expect(holding(colour)).toEqual([])
    expect(holding(/grid-template-columns: (?:6|7)\dpx 1fr/)).toEqual([])
  })
  it('has one clock: a screen that shows time follows it', () => {
    expect(holding(/computed\([^\n]*(?:Date\.now|performance\.now|new Date\(\))/)).toEqual([])
  })
  it('has no file of more than 400 lines', () => {
    expect(texts.filter(([path, text]) => !path.endsWith('schema.d.ts') && text.split('\n').length > 401).map(([path]) => path)).toEqual([])
  })
  it('writes no path of the desk by hand outside of what is typed', () => {
    expect(holding(/fetch\(/)).toEqual(['../src/api/client.ts'])
  })
})
