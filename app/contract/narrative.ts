import { z } from 'zod'

/** Inline content of a narrative: already plain data, nothing to interpret as markup. */
export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'break' }
  | { kind: 'span'; styles: NarrativeStyle[]; children: Inline[] }
  | { kind: 'sub' | 'sup'; children: Inline[] }
  /** Shown in full; only https is offered to open, on demand. */
  | { kind: 'link'; href: string; openable: boolean; children: Inline[] }
  | { kind: 'media'; mediaId: string }
  | { kind: 'footnote-ref'; footnoteId: string }
  /** A note in the middle of a sentence. */
  | { kind: 'footnote'; footnoteId: string; children: Inline[] }

/** `deleted` and `inserted`: `content/@revised`, a text taken back is never shown like the others. */
export const NarrativeStyle = z.enum(['bold', 'italics', 'underline', 'emphasis', 'deleted', 'inserted'])
export type NarrativeStyle = z.infer<typeof NarrativeStyle>

export const Inline: z.ZodType<Inline> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('text'), text: z.string() }),
    z.object({ kind: z.literal('break') }),
    z.object({ kind: z.literal('span'), styles: z.array(NarrativeStyle), children: z.array(Inline) }),
    z.object({ kind: z.enum(['sub', 'sup']), children: z.array(Inline) }),
    z.object({
      kind: z.literal('link'),
      href: z.string(),
      openable: z.boolean(),
      children: z.array(Inline),
    }),
    z.object({ kind: z.literal('media'), mediaId: z.string() }),
    z.object({ kind: z.literal('footnote-ref'), footnoteId: z.string() }),
    z.object({ kind: z.literal('footnote'), footnoteId: z.string(), children: z.array(Inline) }),
  ]),
)

export interface TableCell {
  header: boolean
  colSpan: number
  rowSpan: number
  align: 'left' | 'center' | 'right' | null
  content: Block[]
}
export type Block =
  | { kind: 'paragraph'; content: Inline[] }
  | { kind: 'list'; ordered: boolean; caption: Inline[]; items: Block[][] }
  | { kind: 'table'; caption: Inline[]; head: TableCell[][]; body: TableCell[][]; foot: TableCell[][] }
  | { kind: 'footnote'; footnoteId: string; content: Inline[] }

export const TableCell: z.ZodType<TableCell> = z.lazy(() =>
  z.object({
    header: z.boolean(),
    colSpan: z.number().int(),
    rowSpan: z.number().int(),
    align: z.enum(['left', 'center', 'right']).nullable(),
    content: z.array(Block),
  }),
)
export const Block: z.ZodType<Block> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('paragraph'), content: z.array(Inline) }),
    z.object({
      kind: z.literal('list'),
      ordered: z.boolean(),
      caption: z.array(Inline),
      items: z.array(z.array(Block)),
    }),
    z.object({
      kind: z.literal('table'),
      caption: z.array(Inline),
      head: z.array(z.array(TableCell)),
      body: z.array(z.array(TableCell)),
      foot: z.array(z.array(TableCell)),
    }),
    z.object({ kind: z.literal('footnote'), footnoteId: z.string(), content: z.array(Inline) }),
  ]),
)
