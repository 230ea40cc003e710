import { z } from 'zod'

// The CSP forbids building functions from text, which zod tries as soon as a schema is made: imported before any schema.
z.config({ jitless: true })
