export { createDiscovery, domainOf, type ServerRules } from './discovery.ts'
