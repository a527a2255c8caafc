CREATE VIEW user_profile_dv AS
SELECT
    u.id AS found_by,
    jsonb_build_object(
        '_id', u.id::text,
        'email', u.email,
        'status', u.status,
        'role', u.role,
        'emailVerifiedAt', replace(to_char(u.email_verified_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000Z', 'Z'),
        'premiumExpiresAt', replace(to_char(u.premium_expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000Z', 'Z'),
        'termsAcceptedAt', replace(to_char(u.terms_accepted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000Z', 'Z'),
        'termsVersion', u.terms_version,
        'rulesAcceptedAt', replace(to_char(u.rules_accepted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000Z', 'Z'),
        'rulesVersion', u.rules_version,
        'createdAt', replace(to_char(u.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000Z', 'Z'),
        'deletedAt', replace(to_char(u.deleted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000Z', 'Z'),
        'profile', (
            SELECT jsonb_build_object(
                'userId', p.user_id::text,
                'displayName', p.display_name,
                'dateOfBirth', p.date_of_birth::text,
                'stateOfResidence', p.state_of_residence,
                'biologicalSex', p.biological_sex,
                'fitnessLevel', p.fitness_level,
                'openTier', p.open_tier,
                'heightInches', p.height_inches,
                'weightPounds', p.weight_pounds,
                'goals', p.goals
            ) FROM profiles p WHERE p.user_id = u.id
        ),
        'wallet', (
            SELECT jsonb_build_object(
                'userId', w.user_id::text,
                'pointsEarned', w.points_earned,
                'pointBalance', w.balance
            ) FROM wallets w WHERE w.user_id = u.id
        )
    ) AS data
FROM users u;

CREATE VIEW user_connections_dv AS
SELECT
    u.id AS found_by,
    jsonb_build_object(
        '_id', u.id::text,
        'email', u.email,
        'connections', (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'connectionId', c.id::text,
                'provider', c.provider,
                'isPrimary', c.is_primary,
                'trackerUserKey', c.tracker_user_key,
                'connectedOn', c.connected_on::text,
                'lastSyncAt', replace(to_char(c.last_sync_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000Z', 'Z'),
                'syncStatus', c.sync_status,
                'errorMessage', c.error_message
            ) ORDER BY c.id), '[]') FROM tracker_connections c WHERE c.user_id = u.id
        )
    ) AS data
FROM users u;

CREATE VIEW user_activities_dv AS
SELECT
    a.user_id AS found_by,
    jsonb_build_object(
        '_id', a.id::text,
        'userId', a.user_id::text,
        'externalId', a.external_id,
        'activityType', a.activity_type,
        'intensity', a.intensity,
        'activityDay', a.activity_day::text,
        'startTime', replace(to_char(a.start_time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000Z', 'Z'),
        'endTime', replace(to_char(a.end_time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000Z', 'Z'),
        'durationMinutes', a.duration_minutes,
        'metrics', a.metrics,
        'sourceOrder', a.source_order,
        'state', a.state,
        'reason', a.reason,
        'createdAt', replace(to_char(a.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000Z', 'Z'),
        'connection', (
            SELECT jsonb_build_object(
                'connectionId', c.id::text,
                'provider', c.provider
            ) FROM tracker_connections c WHERE c.id = a.connection_id
        )
    ) AS data
FROM activities a;

CREATE VIEW drawing_details_dv AS
SELECT
    d.id AS found_by,
    jsonb_build_object(
        '_id', d.id::text,
        'drawingType', d.drawing_type,
        'name', d.name,
        'description', d.description,
        'ticketCostPoints', d.ticket_cost_points,
        'salesOpenAt', replace(to_char(d.sales_open_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000Z', 'Z'),
        'ticketSalesClose', replace(to_char(d.ticket_sales_close AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000Z', 'Z'),
        'drawingTime', replace(to_char(d.drawing_time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000Z', 'Z'),
        'eligibility', d.eligibility,
        'maxTicketsPerMember', d.max_tickets_per_member,
        'maxWinsPerHolder', d.max_wins_per_holder,
        'alternates', d.alternates,
        'status', d.status,
        'cancelledReason', d.cancelled_reason,
        'completedAt', replace(to_char(d.completed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000Z', 'Z'),
        'createdAt', replace(to_char(d.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000Z', 'Z'),
        'prizes', (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'prizeId', p.id::text,
                'prizeRank', p.prize_rank,
                'name', p.name,
                'description', p.description,
                'valueUsd', p.value_usd::text,
                'quantity', p.quantity,
                'fulfillmentType', p.fulfillment_type,
                'imageUrl', p.image_url,
                'sponsor', (
                    SELECT jsonb_build_object(
                        'sponsorId', s.id::text,
                        'name', s.name,
                        'websiteUrl', s.website_url,
                        'logoUrl', s.logo_url
                    ) FROM sponsors s WHERE s.id = p.sponsor_id
                )
            ) ORDER BY p.id), '[]') FROM prizes p WHERE p.drawing_id = d.id
        )
    ) AS data
FROM drawings d;

CREATE VIEW user_tickets_dv AS
SELECT
    e.user_id AS found_by,
    jsonb_build_object(
        '_id', e.id::text,
        'userId', e.user_id::text,
        'entryNo', e.entry_no,
        'quantity', e.quantity,
        'costPoints', e.cost_points,
        'route', e.route,
        'transactionId', e.transaction_id::text,
        'purchasedAt', replace(to_char(e.purchased_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000Z', 'Z'),
        'reason', e.reason,
        'drawing', (
            SELECT jsonb_build_object(
                'drawingId', d.id::text,
                'drawingType', d.drawing_type,
                'name', d.name,
                'ticketSalesClose', replace(to_char(d.ticket_sales_close AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000Z', 'Z'),
                'drawingTime', replace(to_char(d.drawing_time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000Z', 'Z'),
                'status', d.status,
                'completedAt', replace(to_char(d.completed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000Z', 'Z')
            ) FROM drawings d WHERE d.id = e.drawing_id
        )
    ) AS data
FROM entries e;

CREATE VIEW fulfillment_details_dv AS
SELECT
    f.user_id AS found_by,
    jsonb_build_object(
        '_id', f.id::text,
        'userId', f.user_id::text,
        'drawingId', f.drawing_id::text,
        'drawNo', f.draw_no,
        'ticketNumber', f.ticket_number,
        'drawingName', f.drawing_name,
        'prizeName', f.prize_name,
        'fulfillmentType', f.fulfillment_type,
        'status', f.status,
        'carrier', f.carrier,
        'trackingNumber', f.tracking_number,
        'reference', f.reference,
        'notifiedAt', replace(to_char(f.notified_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000Z', 'Z'),
        'warnedAt', replace(to_char(f.warned_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000Z', 'Z'),
        'addressConfirmedAt', replace(to_char(f.address_confirmed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000Z', 'Z'),
        'addressInvalidAt', replace(to_char(f.address_invalid_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000Z', 'Z'),
        'shippedAt', replace(to_char(f.shipped_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000Z', 'Z'),
        'deliveredAt', replace(to_char(f.delivered_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000Z', 'Z'),
        'forfeitAt', replace(to_char(f.forfeit_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000Z', 'Z'),
        'forfeitedAt', replace(to_char(f.forfeited_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000Z', 'Z'),
        'createdAt', replace(to_char(f.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000Z', 'Z'),
        'prize', (
            SELECT jsonb_build_object(
                'prizeId', p.id::text,
                'prizeRank', p.prize_rank,
                'description', p.description,
                'valueUsd', p.value_usd::text,
                'imageUrl', p.image_url,
                'sponsor', (
                    SELECT jsonb_build_object(
                        'sponsorId', s.id::text,
                        'name', s.name,
                        'websiteUrl', s.website_url,
                        'logoUrl', s.logo_url
                    ) FROM sponsors s WHERE s.id = p.sponsor_id
                )
            ) FROM prizes p WHERE p.id = f.prize_id
        )
    ) AS data
FROM prize_fulfillments f;
