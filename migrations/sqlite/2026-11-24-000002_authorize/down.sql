ALTER TABLE grants DROP COLUMN claims_locales;
ALTER TABLE consents DROP COLUMN claims;
