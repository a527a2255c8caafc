-- Reviews of members, and the days that were compared. evidence is a list of findings; note and resolution are texts of
-- people and go with the member's data.

CREATE TABLE reviews (
    id {uuid} NOT NULL PRIMARY KEY,
    user_id {uuid} NOT NULL REFERENCES users (id),
    kind {text:32} NOT NULL,
    -- Of each kind a member has one open review at most: set while it is open only.
    open_key {uuid} UNIQUE,
    evidence {json} NOT NULL,
    note {text:2000},
    state {text:16} NOT NULL,
    resolved_by {uuid},
    resolved_at {instant},
    resolution {text:500},
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    version {number} NOT NULL,
    CHECK (kind IN ('implausible_activity', 'unusual_activity', 'shared_device', 'appeal')),
    CHECK (state IN ('open', 'cleared', 'confirmed'))
);

CREATE INDEX reviews_of_member ON reviews (user_id, kind);
CREATE INDEX reviews_queue ON reviews (state, created_at, id);

CREATE TABLE activity_looks (
    activity_day {day} NOT NULL PRIMARY KEY,
    members {number} NOT NULL,
    unusual {number} NOT NULL,
    created_at {instant} NOT NULL
);

-- All members' scores of a day, for the comparison within tiers and for reports.
CREATE INDEX day_scores_of_day ON day_scores (activity_day);
