/**
 * What a user did (`actions`, with the messages it touched, for undo and for bulk work in slices), and the messages each
 * queued operation still has to tell the server of: rows instead of JSON, so that ten thousand waiting actions stay cheap.
 */
export const actions = {
  version: 5,
  name: 'actions',
  sql: `
CREATE TABLE actions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- ActionWish as JSON, and where its messages come from
  wish TEXT NOT NULL,
  selection TEXT NOT NULL,
  -- collecting: messages are being chosen; chosen: waits for the user's word; applying; done; stopped; undoing; undone
  state TEXT NOT NULL,
  -- The last message looked at, newest first.
  position INTEGER,
  total INTEGER NOT NULL DEFAULT 0,
  done INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX actions_unfinished ON actions (id) WHERE state IN ('collecting','chosen','applying','undoing');

CREATE TABLE action_items (
  action_id INTEGER NOT NULL REFERENCES actions(id) ON DELETE CASCADE,
  message_id INTEGER NOT NULL,
  -- Where a move took it from and to.
  from_id INTEGER,
  to_id INTEGER,
  -- 0 chosen, 1 changed by the action
  changed INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (action_id, message_id)
) STRICT, WITHOUT ROWID;

ALTER TABLE operations ADD COLUMN action_id INTEGER REFERENCES actions(id) ON DELETE SET NULL;
-- Flag bits this operation owns while it is open.
ALTER TABLE operations ADD COLUMN bits INTEGER NOT NULL DEFAULT 0;
ALTER TABLE operations ADD COLUMN turn_on INTEGER NOT NULL DEFAULT 0;
ALTER TABLE operations ADD COLUMN target_id INTEGER;
-- Messages it ever had, and those somebody else had changed in a way that made it pointless.
ALTER TABLE operations ADD COLUMN total INTEGER NOT NULL DEFAULT 0;
ALTER TABLE operations ADD COLUMN conflicts INTEGER NOT NULL DEFAULT 0;
UPDATE operations SET
  bits = CASE kind WHEN 'flag' THEN json_extract(payload, '$.bit') WHEN 'expunge' THEN 16 ELSE 0 END,
  turn_on = coalesce(json_extract(payload, '$.on'), 0),
  target_id = json_extract(payload, '$.target'),
  total = json_array_length(payload, '$.items');
CREATE INDEX operations_of_action ON operations (action_id);

-- Open items only: what the server has confirmed or refused leaves.
CREATE TABLE operation_items (
  operation_id INTEGER NOT NULL REFERENCES operations(id) ON DELETE CASCADE,
  message_id INTEGER NOT NULL REFERENCES messages(id) ON DELETE CASCADE,
  -- Where the server has it (for an append: shall have it).
  folder_id INTEGER NOT NULL,
  uid INTEGER,
  uidvalidity TEXT,
  -- A command about it may have reached the server.
  sent INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (operation_id, message_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX operation_items_by_message ON operation_items (message_id, operation_id);
CREATE INDEX operation_items_by_folder ON operation_items (folder_id, operation_id);
INSERT INTO operation_items (operation_id, message_id, folder_id, uid, uidvalidity, sent)
  SELECT o.id, json_extract(i.value, '$.id'), json_extract(i.value, '$.folderId'), json_extract(i.value, '$.uid'),
    json_extract(i.value, '$.uidvalidity'), o.state = 'sent'
  FROM operations o, json_each(o.payload, '$.items') i
  WHERE o.state IN ('pending','sent') AND json_extract(i.value, '$.id') IN (SELECT id FROM messages);
UPDATE operations SET payload = '{}';

-- What the server refused, until the user has read it.
CREATE TABLE action_notices (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  operation_id INTEGER NOT NULL,
  -- RefusedAction as JSON: kind, folders by name and role, first subjects.
  what TEXT NOT NULL,
  error TEXT NOT NULL,
  messages INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (operation_id, error)
) STRICT;
`,
} as const
