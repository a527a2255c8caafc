-- What members were told, and, where no mail is sent, the mail that would have been.

CREATE TABLE notifications (
    id {uuid} NOT NULL PRIMARY KEY,
    user_id {uuid} NOT NULL REFERENCES users (id),
    kind {text:32} NOT NULL,
    title {text:200} NOT NULL,
    body {text:2000} NOT NULL,
    read_at {instant},
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    version {number} NOT NULL
);

CREATE INDEX notifications_newest ON notifications (user_id, created_at, id);

CREATE TABLE mail_box (
    id {uuid} NOT NULL PRIMARY KEY,
    recipient {text:254} NOT NULL,
    subject {text:200} NOT NULL,
    body {text:4000} NOT NULL,
    sent_at {instant} NOT NULL,
    created_at {instant} NOT NULL
);

CREATE INDEX mail_box_newest ON mail_box (sent_at, id);
