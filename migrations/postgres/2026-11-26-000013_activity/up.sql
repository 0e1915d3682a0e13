-- The person's own log, the notice of a new device, and passwords that were declared void.

-- What the browser called itself; empty: there was none, or the entry is older than this column.
ALTER TABLE audit_entries ADD COLUMN user_agent TEXT NOT NULL DEFAULT '';
-- Read page by page, newest first: ids are ordered by time.
DROP INDEX audit_entries_by_target;
CREATE INDEX audit_entries_by_target ON audit_entries (target_kind, target_id, id);

-- When the owner was last told of a log-in with a new device: such mails go out at most once an hour. 0: never, but a
-- device is known. None: no device was known yet, so there is nobody to warn.
ALTER TABLE accounts ADD COLUMN new_device_mail_at BIGINT;
UPDATE accounts SET new_device_mail_at = 0 WHERE id IN (SELECT account_id FROM known_devices);

-- Since when the password opens nothing any more, because its owner said that somebody else used the account.
ALTER TABLE passwords ADD COLUMN voided_at BIGINT;
