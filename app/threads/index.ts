export { createThreadOnDemand, type Given, type Reply, type ThreadOnDemand } from './on-demand.ts'
