-- Members: their accounts and profiles. Tier and age bracket follow from a profile and are never stored.

CREATE TABLE users (
    id {uuid} NOT NULL PRIMARY KEY,
    email {text:254} NOT NULL,
    email_key {text:254} NOT NULL UNIQUE,
    status {text:16} NOT NULL,
    role {text:16} NOT NULL,
    email_verified_at {instant},
    premium_expires_at {instant},
    terms_accepted_at {instant},
    terms_version {text:32},
    rules_accepted_at {instant},
    rules_version {text:32},
    deleted_at {instant},
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    version {number} NOT NULL,
    CHECK (status IN ('pending', 'active', 'suspended', 'banned', 'deleted')),
    CHECK (role IN ('user', 'premium', 'admin'))
);

CREATE INDEX users_newest ON users (created_at, id);

CREATE TABLE profiles (
    user_id {uuid} NOT NULL PRIMARY KEY REFERENCES users (id),
    display_name {text:50},
    display_name_key {text:255} UNIQUE,
    date_of_birth {day} NOT NULL,
    state_of_residence {text:2} NOT NULL,
    biological_sex {text:16},
    fitness_level {text:16},
    open_tier {flag} NOT NULL,
    height_inches {number},
    weight_pounds {number},
    goals {json} NOT NULL,
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    version {number} NOT NULL,
    CHECK (biological_sex IN ('male', 'female')),
    CHECK (fitness_level IN ('beginner', 'intermediate', 'advanced'))
);
