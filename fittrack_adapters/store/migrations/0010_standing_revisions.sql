-- How often the standings of a ranking changed, counted where its members are: a copy of the ranking elsewhere tells by
-- it whether it has everything.

ALTER TABLE standing_steps ADD changes {number} DEFAULT 0 NOT NULL;

-- What changed before today is counted on a step where nobody stands.
INSERT INTO standing_steps (board, period, period_start, step, members, changes)
    SELECT board, period, period_start, -1, 0, SUM(version) FROM standings GROUP BY board, period, period_start;
