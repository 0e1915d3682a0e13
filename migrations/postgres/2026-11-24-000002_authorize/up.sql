-- Single claims that a person allowed a client by name, beside the scope: names separated by spaces.
ALTER TABLE consents ADD COLUMN claims TEXT NOT NULL DEFAULT '';
-- The languages in which a grant's claims were asked for, best first (OpenID Connect Core section 5.2).
ALTER TABLE grants ADD COLUMN claims_locales TEXT;
