-- The secret of a client that signs with it (client_secret_jwt), sealed: signatures are checked with the secret itself. Of
-- all others only the hash is kept.
ALTER TABLE clients ADD COLUMN sealed_secret BLOB;
