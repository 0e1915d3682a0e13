-- Who sees which field of the profile: a JSON object of those that not everybody sees (`{"email":"only_me"}`).
ALTER TABLE accounts ADD COLUMN visibility TEXT NOT NULL DEFAULT '{}';
