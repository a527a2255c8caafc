-- As on PostgreSQL. Entries whose columns are all missing are left out of an index here; with one of them present,
-- two would be the same.
CREATE UNIQUE INDEX tracker_connections_one_each ON tracker_connections (
    (CASE WHEN sync_status <> 'revoked' AND tracker_user_key IS NOT NULL THEN provider END),
    (CASE WHEN sync_status <> 'revoked' THEN tracker_user_key END)
);
