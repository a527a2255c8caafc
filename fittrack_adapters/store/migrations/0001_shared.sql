-- What every context uses: events on their way, and answers to requests that may come twice.

CREATE TABLE outbox (
    id {uuid} NOT NULL PRIMARY KEY,
    kind {text:64} NOT NULL,
    body {json} NOT NULL,
    occurred_at {instant} NOT NULL,
    due_at {instant} NOT NULL,
    delivered_at {instant},
    parked_at {instant},
    attempts {number} NOT NULL,
    last_error {text:2000},
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    version {number} NOT NULL
);

CREATE INDEX outbox_waiting ON outbox (delivered_at, parked_at, due_at, id);

CREATE TABLE idempotency_keys (
    principal {uuid} NOT NULL,
    operation {text:64} NOT NULL,
    idempotency_key {text:100} NOT NULL,
    fingerprint {text:64} NOT NULL,
    answer {json} NOT NULL,
    expires_at {instant} NOT NULL,
    created_at {instant} NOT NULL,
    PRIMARY KEY (principal, operation, idempotency_key)
);

CREATE INDEX idempotency_keys_expiry ON idempotency_keys (expires_at);
