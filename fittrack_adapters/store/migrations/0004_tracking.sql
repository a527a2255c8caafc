-- Trackers and what they report.

CREATE TABLE tracker_connections (
    id {uuid} NOT NULL PRIMARY KEY,
    user_id {uuid} NOT NULL REFERENCES users (id),
    provider {text:32} NOT NULL,
    is_primary {flag} NOT NULL,
    tracker_user_key {text:255},
    connected_on {day} NOT NULL,
    last_sync_at {instant},
    sync_status {text:16} NOT NULL,
    error_message {text:1000},
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    version {number} NOT NULL,
    UNIQUE (user_id, provider),
    CHECK (provider IN ('apple_health', 'google_fit', 'fitbit')),
    CHECK (sync_status IN ('pending', 'syncing', 'success', 'error', 'revoked'))
);

CREATE INDEX tracker_connections_account ON tracker_connections (provider, tracker_user_key);

CREATE TABLE activities (
    id {uuid} NOT NULL PRIMARY KEY,
    user_id {uuid} NOT NULL REFERENCES users (id),
    connection_id {uuid} REFERENCES tracker_connections (id),
    external_id {text:255} NOT NULL,
    activity_type {text:16} NOT NULL,
    intensity {text:16},
    activity_day {day} NOT NULL,
    start_time {instant} NOT NULL,
    end_time {instant} NOT NULL,
    duration_minutes {number} NOT NULL,
    metrics {json} NOT NULL,
    source_order {number} NOT NULL,
    state {text:16} NOT NULL,
    reason {text:255},
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    version {number} NOT NULL,
    -- A connection belongs to one member, who therefore need not be part of this.
    UNIQUE (connection_id, external_id),
    CHECK (activity_type IN ('steps', 'active_minutes', 'workout')),
    CHECK (intensity IN ('light', 'moderate', 'vigorous')),
    CHECK (state IN ('accepted', 'superseded', 'excluded', 'rejected', 'deleted'))
);

CREATE INDEX activities_day ON activities (user_id, activity_day);
