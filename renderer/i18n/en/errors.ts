export { errors } from '../fr/errors.ts'
