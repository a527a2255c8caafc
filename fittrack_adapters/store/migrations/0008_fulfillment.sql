-- Prizes on their way to winners. The address is sealed. forfeit_at is set while an address is waited for.

CREATE TABLE prize_fulfillments (
    id {uuid} NOT NULL PRIMARY KEY,
    drawing_id {uuid} NOT NULL,
    draw_no {number} NOT NULL,
    ticket_number {number} NOT NULL,
    prize_id {uuid} NOT NULL REFERENCES prizes (id),
    user_id {uuid} NOT NULL REFERENCES users (id),
    drawing_name {text:100} NOT NULL,
    prize_name {text:100} NOT NULL,
    fulfillment_type {text:16} NOT NULL,
    status {text:32} NOT NULL,
    shipping_address {bytes},
    carrier {text:100},
    tracking_number {text:100},
    reference {text:100},
    notes {text:2000},
    notified_at {instant},
    warned_at {instant},
    address_confirmed_at {instant},
    address_invalid_at {instant},
    shipped_at {instant},
    delivered_at {instant},
    forfeit_at {instant},
    forfeited_at {instant},
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    version {number} NOT NULL,
    UNIQUE (drawing_id, draw_no),
    FOREIGN KEY (drawing_id, draw_no) REFERENCES winners (drawing_id, draw_no),
    CHECK (fulfillment_type IN ('physical', 'digital')),
    CHECK (status IN ('pending', 'winner_notified', 'address_confirmed', 'address_invalid', 'shipped', 'delivered',
        'forfeited'))
);

CREATE INDEX fulfillments_of_member ON prize_fulfillments (user_id, id);
CREATE INDEX fulfillments_by_deadline ON prize_fulfillments (forfeit_at);
