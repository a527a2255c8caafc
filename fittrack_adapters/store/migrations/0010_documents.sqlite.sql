CREATE VIEW user_profile_dv AS
SELECT
    u.id AS found_by,
    json_object(
        '_id', CASE WHEN u.id IS NOT NULL THEN lower(substr(hex(u.id), 1, 8) || '-' || substr(hex(u.id), 9, 4) || '-' || substr(hex(u.id), 13, 4) || '-' || substr(hex(u.id), 17, 4) || '-' || substr(hex(u.id), 21, 12)) END,
        'email', u.email,
        'status', u.status,
        'role', u.role,
        'emailVerifiedAt', replace(substr(u.email_verified_at, 1, 26) || 'Z', '.000000Z', 'Z'),
        'premiumExpiresAt', replace(substr(u.premium_expires_at, 1, 26) || 'Z', '.000000Z', 'Z'),
        'termsAcceptedAt', replace(substr(u.terms_accepted_at, 1, 26) || 'Z', '.000000Z', 'Z'),
        'termsVersion', u.terms_version,
        'rulesAcceptedAt', replace(substr(u.rules_accepted_at, 1, 26) || 'Z', '.000000Z', 'Z'),
        'rulesVersion', u.rules_version,
        'createdAt', replace(substr(u.created_at, 1, 26) || 'Z', '.000000Z', 'Z'),
        'deletedAt', replace(substr(u.deleted_at, 1, 26) || 'Z', '.000000Z', 'Z'),
        'profile', json((
            SELECT json_object(
                'userId', CASE WHEN p.user_id IS NOT NULL THEN lower(substr(hex(p.user_id), 1, 8) || '-' || substr(hex(p.user_id), 9, 4) || '-' || substr(hex(p.user_id), 13, 4) || '-' || substr(hex(p.user_id), 17, 4) || '-' || substr(hex(p.user_id), 21, 12)) END,
                'displayName', p.display_name,
                'dateOfBirth', p.date_of_birth,
                'stateOfResidence', p.state_of_residence,
                'biologicalSex', p.biological_sex,
                'fitnessLevel', p.fitness_level,
                'openTier', json(CASE p.open_tier WHEN 1 THEN 'true' WHEN 0 THEN 'false' END),
                'heightInches', p.height_inches,
                'weightPounds', p.weight_pounds,
                'goals', json(p.goals)
            ) AS item FROM profiles p WHERE p.user_id = u.id
        )),
        'wallet', json((
            SELECT json_object(
                'userId', CASE WHEN w.user_id IS NOT NULL THEN lower(substr(hex(w.user_id), 1, 8) || '-' || substr(hex(w.user_id), 9, 4) || '-' || substr(hex(w.user_id), 13, 4) || '-' || substr(hex(w.user_id), 17, 4) || '-' || substr(hex(w.user_id), 21, 12)) END,
                'pointsEarned', w.points_earned,
                'pointBalance', w.balance
            ) AS item FROM wallets w WHERE w.user_id = u.id
        ))
    ) AS data
FROM users u;

CREATE VIEW user_connections_dv AS
SELECT
    u.id AS found_by,
    json_object(
        '_id', CASE WHEN u.id IS NOT NULL THEN lower(substr(hex(u.id), 1, 8) || '-' || substr(hex(u.id), 9, 4) || '-' || substr(hex(u.id), 13, 4) || '-' || substr(hex(u.id), 17, 4) || '-' || substr(hex(u.id), 21, 12)) END,
        'email', u.email,
        'connections', json((
            SELECT json_group_array(json(item)) FROM (SELECT json_object(
                'connectionId', CASE WHEN c.id IS NOT NULL THEN lower(substr(hex(c.id), 1, 8) || '-' || substr(hex(c.id), 9, 4) || '-' || substr(hex(c.id), 13, 4) || '-' || substr(hex(c.id), 17, 4) || '-' || substr(hex(c.id), 21, 12)) END,
                'provider', c.provider,
                'isPrimary', json(CASE c.is_primary WHEN 1 THEN 'true' WHEN 0 THEN 'false' END),
                'trackerUserKey', c.tracker_user_key,
                'connectedOn', c.connected_on,
                'lastSyncAt', replace(substr(c.last_sync_at, 1, 26) || 'Z', '.000000Z', 'Z'),
                'syncStatus', c.sync_status,
                'errorMessage', c.error_message
            ) AS item FROM tracker_connections c WHERE c.user_id = u.id ORDER BY c.id)
        ))
    ) AS data
FROM users u;

CREATE VIEW user_activities_dv AS
SELECT
    a.user_id AS found_by,
    json_object(
        '_id', CASE WHEN a.id IS NOT NULL THEN lower(substr(hex(a.id), 1, 8) || '-' || substr(hex(a.id), 9, 4) || '-' || substr(hex(a.id), 13, 4) || '-' || substr(hex(a.id), 17, 4) || '-' || substr(hex(a.id), 21, 12)) END,
        'userId', CASE WHEN a.user_id IS NOT NULL THEN lower(substr(hex(a.user_id), 1, 8) || '-' || substr(hex(a.user_id), 9, 4) || '-' || substr(hex(a.user_id), 13, 4) || '-' || substr(hex(a.user_id), 17, 4) || '-' || substr(hex(a.user_id), 21, 12)) END,
        'externalId', a.external_id,
        'activityType', a.activity_type,
        'intensity', a.intensity,
        'activityDay', a.activity_day,
        'startTime', replace(substr(a.start_time, 1, 26) || 'Z', '.000000Z', 'Z'),
        'endTime', replace(substr(a.end_time, 1, 26) || 'Z', '.000000Z', 'Z'),
        'durationMinutes', a.duration_minutes,
        'metrics', json(a.metrics),
        'sourceOrder', a.source_order,
        'state', a.state,
        'reason', a.reason,
        'createdAt', replace(substr(a.created_at, 1, 26) || 'Z', '.000000Z', 'Z'),
        'connection', json((
            SELECT json_object(
                'connectionId', CASE WHEN c.id IS NOT NULL THEN lower(substr(hex(c.id), 1, 8) || '-' || substr(hex(c.id), 9, 4) || '-' || substr(hex(c.id), 13, 4) || '-' || substr(hex(c.id), 17, 4) || '-' || substr(hex(c.id), 21, 12)) END,
                'provider', c.provider
            ) AS item FROM tracker_connections c WHERE c.id = a.connection_id
        ))
    ) AS data
FROM activities a;

CREATE VIEW drawing_details_dv AS
SELECT
    d.id AS found_by,
    json_object(
        '_id', CASE WHEN d.id IS NOT NULL THEN lower(substr(hex(d.id), 1, 8) || '-' || substr(hex(d.id), 9, 4) || '-' || substr(hex(d.id), 13, 4) || '-' || substr(hex(d.id), 17, 4) || '-' || substr(hex(d.id), 21, 12)) END,
        'drawingType', d.drawing_type,
        'name', d.name,
        'description', d.description,
        'ticketCostPoints', d.ticket_cost_points,
        'salesOpenAt', replace(substr(d.sales_open_at, 1, 26) || 'Z', '.000000Z', 'Z'),
        'ticketSalesClose', replace(substr(d.ticket_sales_close, 1, 26) || 'Z', '.000000Z', 'Z'),
        'drawingTime', replace(substr(d.drawing_time, 1, 26) || 'Z', '.000000Z', 'Z'),
        'eligibility', json(d.eligibility),
        'maxTicketsPerMember', d.max_tickets_per_member,
        'maxWinsPerHolder', d.max_wins_per_holder,
        'alternates', d.alternates,
        'status', d.status,
        'cancelledReason', d.cancelled_reason,
        'completedAt', replace(substr(d.completed_at, 1, 26) || 'Z', '.000000Z', 'Z'),
        'createdAt', replace(substr(d.created_at, 1, 26) || 'Z', '.000000Z', 'Z'),
        'prizes', json((
            SELECT json_group_array(json(item)) FROM (SELECT json_object(
                'prizeId', CASE WHEN p.id IS NOT NULL THEN lower(substr(hex(p.id), 1, 8) || '-' || substr(hex(p.id), 9, 4) || '-' || substr(hex(p.id), 13, 4) || '-' || substr(hex(p.id), 17, 4) || '-' || substr(hex(p.id), 21, 12)) END,
                'prizeRank', p.prize_rank,
                'name', p.name,
                'description', p.description,
                'valueUsd', CASE WHEN p.value_usd IS NOT NULL THEN printf('%.2f', p.value_usd) END,
                'quantity', p.quantity,
                'fulfillmentType', p.fulfillment_type,
                'imageUrl', p.image_url,
                'sponsor', json((
                    SELECT json_object(
                        'sponsorId', CASE WHEN s.id IS NOT NULL THEN lower(substr(hex(s.id), 1, 8) || '-' || substr(hex(s.id), 9, 4) || '-' || substr(hex(s.id), 13, 4) || '-' || substr(hex(s.id), 17, 4) || '-' || substr(hex(s.id), 21, 12)) END,
                        'name', s.name,
                        'websiteUrl', s.website_url,
                        'logoUrl', s.logo_url
                    ) AS item FROM sponsors s WHERE s.id = p.sponsor_id
                ))
            ) AS item FROM prizes p WHERE p.drawing_id = d.id ORDER BY p.id)
        ))
    ) AS data
FROM drawings d;

CREATE VIEW user_tickets_dv AS
SELECT
    e.user_id AS found_by,
    json_object(
        '_id', CASE WHEN e.id IS NOT NULL THEN lower(substr(hex(e.id), 1, 8) || '-' || substr(hex(e.id), 9, 4) || '-' || substr(hex(e.id), 13, 4) || '-' || substr(hex(e.id), 17, 4) || '-' || substr(hex(e.id), 21, 12)) END,
        'userId', CASE WHEN e.user_id IS NOT NULL THEN lower(substr(hex(e.user_id), 1, 8) || '-' || substr(hex(e.user_id), 9, 4) || '-' || substr(hex(e.user_id), 13, 4) || '-' || substr(hex(e.user_id), 17, 4) || '-' || substr(hex(e.user_id), 21, 12)) END,
        'entryNo', e.entry_no,
        'quantity', e.quantity,
        'costPoints', e.cost_points,
        'route', e.route,
        'transactionId', CASE WHEN e.transaction_id IS NOT NULL THEN lower(substr(hex(e.transaction_id), 1, 8) || '-' || substr(hex(e.transaction_id), 9, 4) || '-' || substr(hex(e.transaction_id), 13, 4) || '-' || substr(hex(e.transaction_id), 17, 4) || '-' || substr(hex(e.transaction_id), 21, 12)) END,
        'purchasedAt', replace(substr(e.purchased_at, 1, 26) || 'Z', '.000000Z', 'Z'),
        'reason', e.reason,
        'drawing', json((
            SELECT json_object(
                'drawingId', CASE WHEN d.id IS NOT NULL THEN lower(substr(hex(d.id), 1, 8) || '-' || substr(hex(d.id), 9, 4) || '-' || substr(hex(d.id), 13, 4) || '-' || substr(hex(d.id), 17, 4) || '-' || substr(hex(d.id), 21, 12)) END,
                'drawingType', d.drawing_type,
                'name', d.name,
                'ticketSalesClose', replace(substr(d.ticket_sales_close, 1, 26) || 'Z', '.000000Z', 'Z'),
                'drawingTime', replace(substr(d.drawing_time, 1, 26) || 'Z', '.000000Z', 'Z'),
                'status', d.status,
                'completedAt', replace(substr(d.completed_at, 1, 26) || 'Z', '.000000Z', 'Z')
            ) AS item FROM drawings d WHERE d.id = e.drawing_id
        ))
    ) AS data
FROM entries e;

CREATE VIEW fulfillment_details_dv AS
SELECT
    f.user_id AS found_by,
    json_object(
        '_id', CASE WHEN f.id IS NOT NULL THEN lower(substr(hex(f.id), 1, 8) || '-' || substr(hex(f.id), 9, 4) || '-' || substr(hex(f.id), 13, 4) || '-' || substr(hex(f.id), 17, 4) || '-' || substr(hex(f.id), 21, 12)) END,
        'userId', CASE WHEN f.user_id IS NOT NULL THEN lower(substr(hex(f.user_id), 1, 8) || '-' || substr(hex(f.user_id), 9, 4) || '-' || substr(hex(f.user_id), 13, 4) || '-' || substr(hex(f.user_id), 17, 4) || '-' || substr(hex(f.user_id), 21, 12)) END,
        'drawingId', CASE WHEN f.drawing_id IS NOT NULL THEN lower(substr(hex(f.drawing_id), 1, 8) || '-' || substr(hex(f.drawing_id), 9, 4) || '-' || substr(hex(f.drawing_id), 13, 4) || '-' || substr(hex(f.drawing_id), 17, 4) || '-' || substr(hex(f.drawing_id), 21, 12)) END,
        'drawNo', f.draw_no,
        'ticketNumber', f.ticket_number,
        'drawingName', f.drawing_name,
        'prizeName', f.prize_name,
        'fulfillmentType', f.fulfillment_type,
        'status', f.status,
        'carrier', f.carrier,
        'trackingNumber', f.tracking_number,
        'reference', f.reference,
        'notifiedAt', replace(substr(f.notified_at, 1, 26) || 'Z', '.000000Z', 'Z'),
        'warnedAt', replace(substr(f.warned_at, 1, 26) || 'Z', '.000000Z', 'Z'),
        'addressConfirmedAt', replace(substr(f.address_confirmed_at, 1, 26) || 'Z', '.000000Z', 'Z'),
        'addressInvalidAt', replace(substr(f.address_invalid_at, 1, 26) || 'Z', '.000000Z', 'Z'),
        'shippedAt', replace(substr(f.shipped_at, 1, 26) || 'Z', '.000000Z', 'Z'),
        'deliveredAt', replace(substr(f.delivered_at, 1, 26) || 'Z', '.000000Z', 'Z'),
        'forfeitAt', replace(substr(f.forfeit_at, 1, 26) || 'Z', '.000000Z', 'Z'),
        'forfeitedAt', replace(substr(f.forfeited_at, 1, 26) || 'Z', '.000000Z', 'Z'),
        'createdAt', replace(substr(f.created_at, 1, 26) || 'Z', '.000000Z', 'Z'),
        'prize', json((
            SELECT json_object(
                'prizeId', CASE WHEN p.id IS NOT NULL THEN lower(substr(hex(p.id), 1, 8) || '-' || substr(hex(p.id), 9, 4) || '-' || substr(hex(p.id), 13, 4) || '-' || substr(hex(p.id), 17, 4) || '-' || substr(hex(p.id), 21, 12)) END,
                'prizeRank', p.prize_rank,
                'description', p.description,
                'valueUsd', CASE WHEN p.value_usd IS NOT NULL THEN printf('%.2f', p.value_usd) END,
                'imageUrl', p.image_url,
                'sponsor', json((
                    SELECT json_object(
                        'sponsorId', CASE WHEN s.id IS NOT NULL THEN lower(substr(hex(s.id), 1, 8) || '-' || substr(hex(s.id), 9, 4) || '-' || substr(hex(s.id), 13, 4) || '-' || substr(hex(s.id), 17, 4) || '-' || substr(hex(s.id), 21, 12)) END,
                        'name', s.name,
                        'websiteUrl', s.website_url,
                        'logoUrl', s.logo_url
                    ) AS item FROM sponsors s WHERE s.id = p.sponsor_id
                ))
            ) AS item FROM prizes p WHERE p.id = f.prize_id
        ))
    ) AS data
FROM prize_fulfillments f;
