ALTER TABLE passwords DROP COLUMN voided_at;
ALTER TABLE accounts DROP COLUMN new_device_mail_at;
DROP INDEX audit_entries_by_target;
CREATE INDEX audit_entries_by_target ON audit_entries (target_kind, target_id);
ALTER TABLE audit_entries DROP COLUMN user_agent;
