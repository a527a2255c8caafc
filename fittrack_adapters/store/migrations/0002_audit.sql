-- Who did what: append-only, each record chained to the one before.

CREATE TABLE audit_log (
    seq {number} NOT NULL PRIMARY KEY,
    prev_hash {text:64} NOT NULL UNIQUE,
    entry_hash {text:64} NOT NULL UNIQUE,
    actor {uuid},
    action {text:64} NOT NULL,
    subject_type {text:32} NOT NULL,
    subject_id {text:64} NOT NULL,
    facts {json} NOT NULL,
    at_instant {instant} NOT NULL,
    created_at {instant} NOT NULL
);

CREATE INDEX audit_log_subject ON audit_log (subject_type, subject_id, seq);

{immutable:audit_log}
