export { createThreadOnDemand, type ThreadOnDemand } from './on-demand.ts'
