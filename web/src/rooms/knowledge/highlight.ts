/** Cut a text into plain and matched pieces, longest matches first. */
export interface Piece {
  text: string
  matched: boolean
}

export function pieces(text: string, matched: readonly string[]): Piece[] {
  const words = [...new Set(matched.filter((word) => word !== ''))].sort((a, b) => b.length - a.length)
  if (words.length === 0) return text === '' ? [] : [{ text, matched: false }]
  const pattern = new RegExp(`(${words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})`, 'u')
  return text.split(pattern).filter((piece) => piece !== '').map((piece) => ({ text: piece, matched: words.includes(piece) }))
}
