/**
 * Why nothing could be read of a body (an error code): kept byte-exact, shown as set aside. The index collects the words of a
 * whole transaction before it writes them, so that storing a batch makes one segment. Folders are counted by triggers.
 */
export const bodyStates = {
  version: 8,
  name: 'bodies',
  sql: `
ALTER TABLE bodies ADD COLUMN error TEXT;
CREATE INDEX bodies_unread ON bodies (message_id) WHERE error IS NOT NULL;
INSERT INTO search (search, rank) VALUES ('hashsize', 8388608);
-- Segments are drawn together when there is time ('indexing.merge'), not by whoever stores mail: that was a third of its cost.
INSERT INTO search (search, rank) VALUES ('automerge', 0);
INSERT INTO search (search, rank) VALUES ('crisismerge', 256);

-- What the folder list shows follows every change of a row: counting a folder of 50,000 again at each action would be felt.
CREATE TRIGGER messages_counted AFTER INSERT ON messages BEGIN
  UPDATE folders SET total = total + (NEW.flags & 16 = 0), unread = unread + (NEW.flags & 17 = 0) WHERE id = NEW.folder_id;
END;
CREATE TRIGGER messages_uncounted AFTER DELETE ON messages BEGIN
  UPDATE folders SET total = total - (OLD.flags & 16 = 0), unread = unread - (OLD.flags & 17 = 0) WHERE id = OLD.folder_id;
END;
CREATE TRIGGER messages_moved AFTER UPDATE OF folder_id, flags ON messages
WHEN OLD.folder_id <> NEW.folder_id OR OLD.flags & 17 <> NEW.flags & 17 BEGIN
  UPDATE folders SET total = total - (OLD.flags & 16 = 0), unread = unread - (OLD.flags & 17 = 0) WHERE id = OLD.folder_id;
  UPDATE folders SET total = total + (NEW.flags & 16 = 0), unread = unread + (NEW.flags & 17 = 0) WHERE id = NEW.folder_id;
END;
`,
} as const
