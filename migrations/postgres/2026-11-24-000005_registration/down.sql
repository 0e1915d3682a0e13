DROP TABLE initial_access_tokens;
DROP INDEX clients_by_use;
ALTER TABLE clients DROP COLUMN verified_at;
ALTER TABLE clients DROP COLUMN first_used_at;
ALTER TABLE clients DROP COLUMN registration_token_hash;
