ALTER TABLE accounts DROP COLUMN visibility;
