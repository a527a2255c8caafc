-- What ties tracker connections to the gateway: sign-ins, its users behind connections, and what it sent.

CREATE TABLE tracker_sign_ins (
    state_hash {text:64} NOT NULL PRIMARY KEY,
    user_id {uuid} NOT NULL REFERENCES users (id),
    provider {text:32} NOT NULL,
    reference {text:64} NOT NULL,
    begun_at {instant} NOT NULL,
    expires_at {instant} NOT NULL,
    used_at {instant},
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    version {number} NOT NULL,
    CHECK (provider IN ('apple_health', 'google_fit', 'fitbit'))
);

CREATE INDEX tracker_sign_ins_reference ON tracker_sign_ins (reference, provider);
CREATE INDEX tracker_sign_ins_member ON tracker_sign_ins (user_id);
CREATE INDEX tracker_sign_ins_age ON tracker_sign_ins (begun_at);

CREATE TABLE tracker_links (
    -- The gateway's name for its user is found by its fingerprint, and kept sealed only.
    tracker_hash {text:64} NOT NULL PRIMARY KEY,
    connection_id {uuid} NOT NULL REFERENCES tracker_connections (id),
    sealed_key {bytes},
    since {day} NOT NULL,
    source_order {number} NOT NULL,
    linked_at {instant} NOT NULL,
    ended_at {instant},
    due_at {instant},
    asked_at {instant},
    forced_at {instant},
    failures {number} NOT NULL,
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    version {number} NOT NULL
);

CREATE INDEX tracker_links_connection ON tracker_links (connection_id, ended_at);
CREATE INDEX tracker_links_due ON tracker_links (due_at);
CREATE INDEX tracker_links_made ON tracker_links (linked_at);

CREATE TABLE tracker_events (
    id {uuid} NOT NULL PRIMARY KEY,
    trace_id {text:200} NOT NULL,
    signature {text:64} NOT NULL,
    kind {text:64} NOT NULL,
    tracker_hash {text:64},
    source_order {number} NOT NULL,
    received_at {instant} NOT NULL,
    body {bytes},
    outcome {text:16},
    detail {text:500},
    processed_at {instant},
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    version {number} NOT NULL,
    UNIQUE (trace_id),
    UNIQUE (signature),
    CHECK (outcome IN ('done', 'noted', 'parked', 'refused'))
);

CREATE INDEX tracker_events_user ON tracker_events (tracker_hash, outcome);
CREATE INDEX tracker_events_age ON tracker_events (received_at);
