-- Who gets in: passwords, sessions, tokens, what guards against guessing; and the keys that sign access tokens.

ALTER TABLE users ADD referral_code {text:32};
ALTER TABLE users ADD erased_at {instant};

CREATE INDEX users_to_erase ON users (erased_at, status, deleted_at);

CREATE TABLE preferences (
    user_id {uuid} NOT NULL PRIMARY KEY REFERENCES users (id),
    email_notices {flag} NOT NULL,
    language {text:8} NOT NULL,
    time_zone {text:100} NOT NULL,
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    version {number} NOT NULL
);

CREATE TABLE credentials (
    user_id {uuid} NOT NULL PRIMARY KEY REFERENCES users (id),
    password_hash {text:255} NOT NULL,
    changed_at {instant} NOT NULL,
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    version {number} NOT NULL
);

CREATE TABLE sessions (
    id {uuid} NOT NULL PRIMARY KEY,
    user_id {uuid} NOT NULL REFERENCES users (id),
    device_id {text:100} NOT NULL,
    device_label {text:200},
    address {text:64},
    last_used_at {instant} NOT NULL,
    expires_at {instant} NOT NULL,
    ended_at {instant},
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    version {number} NOT NULL
);

CREATE INDEX sessions_of_member ON sessions (user_id, ended_at, expires_at);
CREATE INDEX sessions_on_device ON sessions (device_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE refresh_tokens (
    token_hash {text:64} NOT NULL PRIMARY KEY,
    session_id {uuid} NOT NULL REFERENCES sessions (id),
    expires_at {instant} NOT NULL,
    spent_at {instant},
    spent_from {text:64},
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    version {number} NOT NULL
);

CREATE INDEX refresh_tokens_of_session ON refresh_tokens (session_id);

CREATE TABLE one_time_tokens (
    token_hash {text:64} NOT NULL PRIMARY KEY,
    user_id {uuid} NOT NULL REFERENCES users (id),
    purpose {text:16} NOT NULL,
    expires_at {instant} NOT NULL,
    used_at {instant},
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    version {number} NOT NULL
);

CREATE INDEX one_time_tokens_of_member ON one_time_tokens (user_id);
CREATE INDEX one_time_tokens_expiry ON one_time_tokens (expires_at);

CREATE TABLE attempts (
    kind {text:16} NOT NULL,
    email_hash {text:64} NOT NULL,
    last_at {instant} NOT NULL,
    made {number} NOT NULL,
    locks {number} NOT NULL,
    locked_until {instant},
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    version {number} NOT NULL,
    PRIMARY KEY (kind, email_hash)
);

CREATE INDEX attempts_age ON attempts (last_at);

CREATE TABLE signing_keys (
    kid {text:64} NOT NULL PRIMARY KEY,
    private_key {bytes} NOT NULL,
    public_key {text:1000} NOT NULL,
    made_at {instant} NOT NULL,
    retired_at {instant},
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    version {number} NOT NULL
);
