-- Of many writers at once, two could connect the same tracker account: each would see it free.
CREATE UNIQUE INDEX tracker_connections_one_each
    ON tracker_connections (provider, tracker_user_key) WHERE sync_status <> 'revoked';
