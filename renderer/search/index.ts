import './search.css'

export { Marked, SearchMarks, useSearchMarks } from './marks.tsx'
export { SavedSearches } from './saved-searches.tsx'
export { SearchHead, type ScopeKind } from './search-head.tsx'
