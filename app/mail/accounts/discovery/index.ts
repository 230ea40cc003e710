export { asciiAddress, createDiscovery, domainOf, type ServerRules } from './discovery.ts'
