-- A closing adds 10,000 blocks with one statement, all of one drawing. A foreign key looks the drawing up and locks it
-- for each of them, which takes longer than storing them; this does so once. That the drawing stays is not its business
-- alone: what was published of it refers to it, too, and cannot be removed.
ALTER TABLE drawing_blocks DROP CONSTRAINT drawing_blocks_drawing_id_fkey;

CREATE OR REPLACE FUNCTION require_drawing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT drawing_id FROM added) a
        WHERE NOT EXISTS (SELECT FROM drawings d WHERE d.id = a.drawing_id FOR KEY SHARE)
    ) THEN
        RAISE EXCEPTION 'blocks of no drawing' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER drawing_blocks_of_drawings AFTER INSERT ON drawing_blocks
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION require_drawing();

-- What a member has in a drawing is a sum over their entries: with the quantities in the index it is read off there.
ALTER TABLE entries DROP CONSTRAINT entries_user_id_drawing_id_entry_no_key;
ALTER TABLE entries ADD CONSTRAINT entries_of_member UNIQUE (user_id, drawing_id, entry_no) INCLUDE (quantity);
