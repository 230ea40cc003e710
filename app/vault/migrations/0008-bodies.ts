/**
 * Why nothing could be read of a body (an error code): kept byte-exact, shown as set aside. The index collects the words of a
 * whole transaction before it writes them, so that storing a batch makes one segment.
 */
export const bodyStates = {
  version: 8,
  name: 'bodies',
  sql: `
ALTER TABLE bodies ADD COLUMN error TEXT;
CREATE INDEX bodies_unread ON bodies (message_id) WHERE error IS NOT NULL;
INSERT INTO search (search, rank) VALUES ('hashsize', 8388608);
`,
} as const
