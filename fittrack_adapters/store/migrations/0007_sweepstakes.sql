-- Drawings, their prizes and sponsors, who has tickets, and what was published of each draw.

CREATE TABLE sponsors (
    id {uuid} NOT NULL PRIMARY KEY,
    name {text:100} NOT NULL,
    contact_name {text:100},
    contact_email {text:100},
    contact_phone {text:100},
    website_url {text:500},
    logo_url {text:500},
    notes {text:2000},
    status {text:16} NOT NULL,
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    version {number} NOT NULL,
    CHECK (status IN ('active', 'inactive'))
);

CREATE TABLE drawings (
    id {uuid} NOT NULL PRIMARY KEY,
    drawing_type {text:16} NOT NULL,
    name {text:100} NOT NULL,
    description {text:2000},
    ticket_cost_points {points} NOT NULL,
    sales_open_at {instant} NOT NULL,
    ticket_sales_close {instant} NOT NULL,
    drawing_time {instant} NOT NULL,
    eligibility {json} NOT NULL,
    max_tickets_per_member {number},
    max_wins_per_holder {number} NOT NULL,
    alternates {number},
    status {text:16} NOT NULL,
    created_by {uuid},
    cancelled_reason {text:500},
    completed_at {instant},
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    version {number} NOT NULL,
    CHECK (drawing_type IN ('daily', 'weekly', 'monthly', 'annual')),
    CHECK (status IN ('draft', 'scheduled', 'closing', 'closed', 'completed', 'cancelled')),
    CHECK (ticket_cost_points > 0)
);

CREATE INDEX drawings_in_time ON drawings (drawing_time, id);
CREATE INDEX drawings_due ON drawings (status, ticket_sales_close);

CREATE TABLE prizes (
    id {uuid} NOT NULL PRIMARY KEY,
    drawing_id {uuid} NOT NULL REFERENCES drawings (id),
    sponsor_id {uuid} REFERENCES sponsors (id),
    prize_rank {number} NOT NULL,
    name {text:100} NOT NULL,
    description {text:2000},
    value_usd {money} NOT NULL,
    quantity {number} NOT NULL,
    fulfillment_type {text:16} NOT NULL,
    image_url {text:500},
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    version {number} NOT NULL,
    UNIQUE (drawing_id, prize_rank),
    CHECK (prize_rank > 0),
    CHECK (quantity > 0),
    CHECK (fulfillment_type IN ('physical', 'digital'))
);

-- Tickets are counted here while they are on sale, in 16 rows a drawing instead of one that every buyer waits for.
CREATE TABLE drawing_gates (
    drawing_id {uuid} NOT NULL REFERENCES drawings (id),
    gate_no {number} NOT NULL,
    is_open {flag} NOT NULL,
    tickets {number} NOT NULL,
    entries {number} NOT NULL,
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    version {number} NOT NULL,
    PRIMARY KEY (drawing_id, gate_no)
);

-- entry_no counts a member's entries in a drawing: two at one moment cannot both be the next.
CREATE TABLE entries (
    id {uuid} NOT NULL PRIMARY KEY,
    drawing_id {uuid} NOT NULL REFERENCES drawings (id),
    user_id {uuid} NOT NULL REFERENCES users (id),
    entry_no {number} NOT NULL,
    quantity {number} NOT NULL,
    cost_points {points} NOT NULL,
    route {text:16} NOT NULL,
    transaction_id {uuid} REFERENCES point_transactions (id),
    purchased_at {instant} NOT NULL,
    free_key {uuid} UNIQUE,
    reason {text:500},
    created_at {instant} NOT NULL,
    UNIQUE (user_id, drawing_id, entry_no),
    CHECK (quantity > 0),
    CHECK (cost_points >= 0),
    CHECK (route IN ('points', 'free', 'granted'))
);

CREATE INDEX entries_of_drawing ON entries (drawing_id, id);

{immutable:entries}

CREATE TABLE drawing_blocks (
    drawing_id {uuid} NOT NULL REFERENCES drawings (id),
    block_no {number} NOT NULL,
    user_id {uuid} NOT NULL,
    holder {bytes} NOT NULL,
    first_ticket {number} NOT NULL,
    ticket_count {number} NOT NULL,
    created_at {instant} NOT NULL,
    PRIMARY KEY (drawing_id, block_no),
    UNIQUE (drawing_id, first_ticket),
    UNIQUE (drawing_id, user_id),
    CHECK (ticket_count > 0)
);

{immutable:drawing_blocks}

CREATE TABLE winners (
    drawing_id {uuid} NOT NULL REFERENCES drawings (id),
    draw_no {number} NOT NULL,
    prize_rank {number} NOT NULL,
    unit {number} NOT NULL,
    ticket_number {number} NOT NULL,
    user_id {uuid} NOT NULL REFERENCES users (id),
    prize_id {uuid} REFERENCES prizes (id),
    created_at {instant} NOT NULL,
    PRIMARY KEY (drawing_id, draw_no)
);

CREATE INDEX winners_of_member ON winners (user_id, drawing_id);

{immutable:winners}

-- Seeds and salt keys, sealed, in a table that no listing reads.
CREATE TABLE draw_secrets (
    drawing_id {uuid} NOT NULL PRIMARY KEY REFERENCES drawings (id),
    seed {bytes} NOT NULL,
    salt_key {bytes} NOT NULL,
    created_at {instant} NOT NULL
);

CREATE TABLE draw_records (
    drawing_id {uuid} NOT NULL REFERENCES drawings (id),
    kind {text:16} NOT NULL,
    seq {number} NOT NULL,
    record {json} NOT NULL,
    hash {text:64} NOT NULL,
    created_at {instant} NOT NULL,
    PRIMARY KEY (drawing_id, kind, seq),
    CHECK (kind IN ('terms', 'closing', 'result', 'award', 'void'))
);

{immutable:draw_records}

-- The records of level 8 of each tree, 40 bytes for 256 blocks: enough to prove any block quickly.
CREATE TABLE draw_trees (
    drawing_id {uuid} NOT NULL PRIMARY KEY REFERENCES drawings (id),
    chunks {bytes} NOT NULL,
    created_at {instant} NOT NULL
);

{immutable:draw_trees}

CREATE TABLE draw_log (
    seq {number} NOT NULL PRIMARY KEY,
    prev {text:64} NOT NULL UNIQUE,
    at_seconds {number} NOT NULL,
    kind {text:16} NOT NULL,
    drawing_id {uuid} NOT NULL REFERENCES drawings (id),
    hash {text:64} NOT NULL,
    created_at {instant} NOT NULL
);

CREATE INDEX draw_log_of_drawing ON draw_log (drawing_id, seq);

{immutable:draw_log}
