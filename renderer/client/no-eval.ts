import { z } from 'zod'

// Before any schema of the contract is made: zod tries to build functions from text, which our CSP refuses and reports.
z.config({ jitless: true })
