-- Scores of days, and the ledger.

CREATE TABLE day_scores (
    id {uuid} NOT NULL PRIMARY KEY,
    user_id {uuid} NOT NULL REFERENCES users (id),
    activity_day {day} NOT NULL,
    rate_card {text:64} NOT NULL,
    breakdown {json} NOT NULL,
    score {points} NOT NULL,
    awarded {points} NOT NULL,
    active_minutes {number} NOT NULL,
    streak_length {number} NOT NULL,
    streak_paid {flag} NOT NULL,
    was_active {flag} NOT NULL,
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    version {number} NOT NULL,
    UNIQUE (user_id, activity_day),
    CHECK (score >= 0),
    CHECK (awarded >= score)
);

CREATE TABLE wallets (
    user_id {uuid} NOT NULL PRIMARY KEY REFERENCES users (id),
    credits {points} NOT NULL,
    debits {points} NOT NULL,
    held {points} NOT NULL,
    points_earned {points} NOT NULL,
    transfers {number} NOT NULL,
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    version {number} NOT NULL,
    CHECK (debits >= 0),
    CHECK (held >= 0),
    CHECK (credits - debits - held >= 0),
    CHECK (points_earned >= 0)
);

CREATE TABLE point_transactions (
    id {uuid} NOT NULL PRIMARY KEY,
    user_id {uuid} NOT NULL REFERENCES users (id),
    wallet_seq {number} NOT NULL,
    transaction_type {text:16} NOT NULL,
    amount {points} NOT NULL,
    balance_before {points} NOT NULL,
    balance_after {points} NOT NULL,
    debit_account {text:64} NOT NULL,
    credit_account {text:64} NOT NULL,
    reference_type {text:32} NOT NULL,
    reference_id {text:64} NOT NULL,
    description {text:500} NOT NULL,
    idempotency_key {text:128} NOT NULL,
    activity_day {day},
    created_at {instant} NOT NULL,
    UNIQUE (user_id, wallet_seq),
    UNIQUE (user_id, idempotency_key),
    CHECK (amount <> 0),
    CHECK (balance_before >= 0),
    CHECK (balance_after >= 0),
    CHECK (balance_after = balance_before + amount),
    CHECK (debit_account <> credit_account),
    CHECK (transaction_type IN ('earn', 'spend', 'adjust', 'bonus', 'refund', 'expire'))
);

CREATE INDEX point_transactions_newest ON point_transactions (user_id, created_at);

{immutable:point_transactions}

CREATE TABLE point_holds (
    id {uuid} NOT NULL PRIMARY KEY,
    user_id {uuid} NOT NULL REFERENCES users (id),
    amount {points} NOT NULL,
    reference_type {text:32} NOT NULL,
    reference_id {text:64} NOT NULL,
    description {text:500} NOT NULL,
    expires_at {instant} NOT NULL,
    created_at {instant} NOT NULL,
    state {text:16} NOT NULL,
    updated_at {instant} NOT NULL,
    version {number} NOT NULL,
    CHECK (amount > 0),
    CHECK (state IN ('pending', 'posted', 'voided', 'expired'))
);

CREATE INDEX point_holds_due ON point_holds (state, expires_at);
