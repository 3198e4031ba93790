/** A tree to choose a leaf from, level by level or by words; pure. */
export interface Leaf {
  value: string
  /** From the top to the leaf itself. */
  path: readonly string[]
}
export interface Choice {
  /** A leaf's value; '' for a branch, which leads a level down. */
  value: string
  label: string
  /** How many leaves are below a branch. */
  below: number
}

const startsWith = (path: readonly string[], prefix: readonly string[]): boolean => prefix.every((part, at) => path[at] === part)

/** What can be chosen below a branch, in the order of the leaves. */
export function level(leaves: readonly Leaf[], prefix: readonly string[]): Choice[] {
  const found = new Map<string, Choice>()
  for (const { value, path } of leaves) {
    const label = path[prefix.length]
    if (label === undefined || !startsWith(path, prefix)) continue
    const isLeaf = path.length === prefix.length + 1
    const known = found.get(label)
    if (isLeaf) found.set(`=${value}`, { value, label, below: 0 })
    else found.set(label, { value: '', label, below: (known?.below ?? 0) + 1 })
  }
  return [...found.values()]
}

export const MOST_FOUND = 50

/** Leaves whose path holds every word, or whose value begins with the text. */
export function search(leaves: readonly Leaf[], text: string): Choice[] {
  const words = text.split(/[\s/]+/).filter((word) => word !== '')
  return leaves
    .filter(({ value, path }) => value.startsWith(text.trim()) || words.every((word) => path.join('').includes(word)))
    .slice(0, MOST_FOUND).map(({ value, path }) => ({ value, label: path.join(' / '), below: 0 }))
}
