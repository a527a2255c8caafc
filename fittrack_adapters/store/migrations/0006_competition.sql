-- Who is ahead. Standings change with every award; archives are written once, when a ranking is final.

CREATE TABLE rankings (
    board {text:16} NOT NULL,
    period {text:16} NOT NULL,
    period_start {day} NOT NULL,
    archived_at {instant},
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    version {number} NOT NULL,
    PRIMARY KEY (period_start, board, period)
);

CREATE INDEX rankings_open ON rankings (archived_at, period, period_start);

CREATE TABLE standings (
    user_id {uuid} NOT NULL REFERENCES users (id),
    period_start {day} NOT NULL,
    period {text:16} NOT NULL,
    board {text:16} NOT NULL,
    points {points} NOT NULL,
    reached_at {instant} NOT NULL,
    active_days {number} NOT NULL,
    shown {flag} NOT NULL,
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    version {number} NOT NULL,
    PRIMARY KEY (user_id, period_start, period, board),
    CHECK (points >= 0),
    CHECK (active_days >= 0)
);

-- The order of places, and all that a place shows: read in order, counted, never sorted.
CREATE INDEX standings_places
    ON standings (board, period, period_start, shown, points DESC, reached_at, active_days DESC, user_id);

-- How many shown members of a ranking have from step² up to (step + 1)² - 1 points. The changes of all steps together
-- tell whether a copy of the ranking elsewhere has everything.
CREATE TABLE standing_steps (
    board {text:16} NOT NULL,
    period {text:16} NOT NULL,
    period_start {day} NOT NULL,
    step {number} NOT NULL,
    members {number} NOT NULL,
    changes {number} NOT NULL,
    PRIMARY KEY (board, period, period_start, step)
);

CREATE TABLE standing_archives (
    board {text:16} NOT NULL,
    period {text:16} NOT NULL,
    period_start {day} NOT NULL,
    place {number} NOT NULL,
    user_id {uuid} NOT NULL,
    points {points} NOT NULL,
    created_at {instant} NOT NULL,
    PRIMARY KEY (board, period, period_start, place),
    UNIQUE (board, period, period_start, user_id)
);

{immutable:standing_archives}
