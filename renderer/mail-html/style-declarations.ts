import { generate, parse, walk } from 'css-tree'
import type { Declaration } from 'css-tree'

/** Longest style attribute looked at, in characters; longer ones are dropped whole. */
const maximumLength = 4_000

const allowedProperties = new Set([
  'background-color',
  'border',
  'border-bottom',
  'border-bottom-color',
  'border-bottom-style',
  'border-bottom-width',
  'border-collapse',
  'border-color',
  'border-left',
  'border-left-color',
  'border-left-style',
  'border-left-width',
  'border-radius',
  'border-right',
  'border-right-color',
  'border-right-style',
  'border-right-width',
  'border-spacing',
  'border-style',
  'border-top',
  'border-top-color',
  'border-top-style',
  'border-top-width',
  'border-width',
  'caption-side',
  'clear',
  'color',
  'direction',
  'display',
  'empty-cells',
  'float',
  'font-family',
  'font-size',
  'font-style',
  'font-variant',
  'font-weight',
  'height',
  'letter-spacing',
  'line-height',
  'list-style-position',
  'list-style-type',
  'margin',
  'margin-bottom',
  'margin-left',
  'margin-right',
  'margin-top',
  'max-width',
  'min-width',
  'padding',
  'padding-bottom',
  'padding-left',
  'padding-right',
  'padding-top',
  'table-layout',
  'text-align',
  'text-decoration',
  'text-decoration-line',
  'text-indent',
  'text-transform',
  'vertical-align',
  'white-space',
  'width',
  'word-break',
  'word-spacing',
])

const allowedFunctions = new Set(['rgb', 'rgba', 'hsl', 'hsla'])
const allowedUnits = new Set(['px', 'pt', 'pc', 'em', 'rem', 'ex', 'ch', 'cm', 'mm', 'in'])
const identifier = /^[a-z][a-z0-9-]*$/i
/** Beyond these, a length can only hide or push things away. */
const largestLength = 4_000

const isAllowedValue = (declaration: Declaration): boolean => {
  if (declaration.value.type !== 'Value') return false
  let allowed = true
  walk(declaration.value, (node) => {
    switch (node.type) {
      case 'Value':
      case 'Operator':
      case 'Percentage':
        break
      case 'Number':
        allowed &&= Math.abs(Number(node.value)) <= largestLength
        break
      case 'Hash':
        allowed &&= /^[0-9a-f]{3,8}$/i.test(node.value)
        break
      case 'Identifier':
        allowed &&= identifier.test(node.name)
        break
      case 'String':
        // Only font names are strings here.
        allowed &&= /^[\p{L}\p{N} ._-]*$/u.test(node.value)
        break
      case 'Dimension': {
        const size = Number(node.value)
        allowed &&= allowedUnits.has(node.unit.toLowerCase()) && size <= largestLength && size >= -100
        break
      }
      case 'Function':
        allowed &&= allowedFunctions.has(node.name.toLowerCase())
        break
      default:
        // Url, Raw (what the parser did not understand), Parentheses, Block…
        allowed = false
    }
  })
  return allowed
}

/**
 * Keeps of a style attribute only the declarations of an allow-list, with values that can neither fetch anything
 * (`url()`, `image-set()`, `var()`…) nor leave the flow (`position`, `transform`, viewport units). models.md §6.3.2.
 * Returns '' when nothing is left; never throws.
 */
export const filterDeclarations = (style: string): string => {
  if (style.length > maximumLength || style.includes('\\')) return ''
  let failed = false
  const list = parse(style, {
    context: 'declarationList',
    parseCustomProperty: false,
    onParseError: () => {
      failed = true
    },
  })
  // A style that does not parse is read differently by different engines: none of it is kept.
  if (failed || list.type !== 'DeclarationList') return ''
  const kept: string[] = []
  list.children.forEach((node) => {
    if (node.type !== 'Declaration') return
    const property = node.property.toLowerCase()
    if (!allowedProperties.has(property) || !isAllowedValue(node)) return
    kept.push(`${property}:${generate(node.value)}`)
  })
  return kept.join(';')
}
