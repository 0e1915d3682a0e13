DROP TABLE mailed_codes;
DROP TABLE remembered_devices;
