DROP INDEX emails_one_primary;
DROP TABLE email_additions;
