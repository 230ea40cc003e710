import fc from 'fast-check'
import { z } from 'zod'

/** What is used of JSON Schema. */
interface Shape {
  type?: string
  const?: unknown
  enum?: unknown[]
  anyOf?: Shape[]
  oneOf?: Shape[]
  properties?: Record<string, Shape>
  required?: string[]
  items?: Shape
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
  pattern?: string
}

const drawn = (shape: Shape): fc.Arbitrary<unknown> => {
  if ('const' in shape) return fc.constant(shape.const)
  if (shape.enum) return fc.constantFrom(...shape.enum)
  const choices = shape.anyOf ?? shape.oneOf
  if (choices) return fc.oneof(...choices.map(drawn))
  switch (shape.type) {
    case 'object': {
      const fields = Object.entries(shape.properties ?? {}).map(([name, field]) => [name, drawn(field)])
      return fc.record(Object.fromEntries(fields) as Record<string, fc.Arbitrary<unknown>>, {
        requiredKeys: shape.required ?? [],
      })
    }
    case 'array':
      return fc.array(drawn(shape.items ?? {}), {
        minLength: shape.minItems ?? 0,
        maxLength: Math.min(shape.maxItems ?? 4, (shape.minItems ?? 0) + 4),
      })
    case 'integer':
    case 'number': {
      const min = shape.minimum ?? (shape.exclusiveMinimum === undefined ? -100 : shape.exclusiveMinimum + 1)
      // Small numbers are ids of things that are there.
      return fc.integer({ min, max: Math.min(shape.maximum ?? min + 200, min + 200) })
    }
    case 'string': {
      if (shape.pattern !== undefined) return fc.stringMatching(new RegExp(shape.pattern))
      const minLength = shape.minLength ?? 0
      return fc.string({ minLength, maxLength: Math.min(shape.maxLength ?? minLength + 30, minLength + 30) })
    }
    case 'boolean':
      return fc.boolean()
    default:
      return fc.constant(null)
  }
}

/** Inputs that a call's own schema accepts, most of the time. */
export const inputsOf = (schema: z.ZodType): fc.Arbitrary<unknown> =>
  drawn(z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' }) as Shape)
