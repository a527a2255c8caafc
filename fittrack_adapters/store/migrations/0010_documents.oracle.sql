CREATE OR REPLACE JSON RELATIONAL DUALITY VIEW user_profile_dv AS
SELECT JSON {
    '_id' : u.id,
    'email' : u.email,
    'status' : u.status,
    'role' : u.role,
    'emailVerifiedAt' : u.email_verified_at,
    'premiumExpiresAt' : u.premium_expires_at,
    'termsAcceptedAt' : u.terms_accepted_at,
    'termsVersion' : u.terms_version,
    'rulesAcceptedAt' : u.rules_accepted_at,
    'rulesVersion' : u.rules_version,
    'createdAt' : u.created_at,
    'deletedAt' : u.deleted_at,
    'profile' : (
        SELECT JSON {
            'userId' : p.user_id,
            'displayName' : p.display_name,
            'dateOfBirth' : p.date_of_birth,
            'stateOfResidence' : p.state_of_residence,
            'biologicalSex' : p.biological_sex,
            'fitnessLevel' : p.fitness_level,
            'openTier' : p.open_tier,
            'heightInches' : p.height_inches,
            'weightPounds' : p.weight_pounds,
            'goals' : p.goals
        } FROM profiles p WHERE p.user_id = u.id
    ),
    'wallet' : (
        SELECT JSON {
            'userId' : w.user_id,
            'pointsEarned' : w.points_earned,
            'pointBalance' : w.balance WITH NOUPDATE NOCHECK
        } FROM wallets w WHERE w.user_id = u.id
    )
} FROM users u;

CREATE OR REPLACE JSON RELATIONAL DUALITY VIEW user_connections_dv AS
SELECT JSON {
    '_id' : u.id,
    'email' : u.email,
    'connections' : [
        SELECT JSON {
            'connectionId' : c.id,
            'provider' : c.provider,
            'isPrimary' : c.is_primary,
            'trackerUserKey' : c.tracker_user_key,
            'connectedOn' : c.connected_on,
            'lastSyncAt' : c.last_sync_at,
            'syncStatus' : c.sync_status,
            'errorMessage' : c.error_message
        } FROM tracker_connections c WHERE c.user_id = u.id
    ]
} FROM users u;

CREATE OR REPLACE JSON RELATIONAL DUALITY VIEW user_activities_dv AS
SELECT JSON {
    '_id' : a.id,
    'userId' : a.user_id,
    'externalId' : a.external_id,
    'activityType' : a.activity_type,
    'intensity' : a.intensity,
    'activityDay' : a.activity_day,
    'startTime' : a.start_time,
    'endTime' : a.end_time,
    'durationMinutes' : a.duration_minutes,
    'metrics' : a.metrics,
    'sourceOrder' : a.source_order,
    'state' : a.state,
    'reason' : a.reason,
    'createdAt' : a.created_at,
    'connection' : (
        SELECT JSON {
            'connectionId' : c.id,
            'provider' : c.provider
        } FROM tracker_connections c WHERE c.id = a.connection_id
    )
} FROM activities a;

CREATE OR REPLACE JSON RELATIONAL DUALITY VIEW drawing_details_dv AS
SELECT JSON {
    '_id' : d.id,
    'drawingType' : d.drawing_type,
    'name' : d.name,
    'description' : d.description,
    'ticketCostPoints' : d.ticket_cost_points,
    'salesOpenAt' : d.sales_open_at,
    'ticketSalesClose' : d.ticket_sales_close,
    'drawingTime' : d.drawing_time,
    'eligibility' : d.eligibility,
    'maxTicketsPerMember' : d.max_tickets_per_member,
    'maxWinsPerHolder' : d.max_wins_per_holder,
    'alternates' : d.alternates,
    'status' : d.status,
    'cancelledReason' : d.cancelled_reason,
    'completedAt' : d.completed_at,
    'createdAt' : d.created_at,
    'prizes' : [
        SELECT JSON {
            'prizeId' : p.id,
            'prizeRank' : p.prize_rank,
            'name' : p.name,
            'description' : p.description,
            'valueUsd' : p.value_usd,
            'quantity' : p.quantity,
            'fulfillmentType' : p.fulfillment_type,
            'imageUrl' : p.image_url,
            'sponsor' : (
                SELECT JSON {
                    'sponsorId' : s.id,
                    'name' : s.name,
                    'websiteUrl' : s.website_url,
                    'logoUrl' : s.logo_url
                } FROM sponsors s WHERE s.id = p.sponsor_id
            )
        } FROM prizes p WHERE p.drawing_id = d.id
    ]
} FROM drawings d;

CREATE OR REPLACE JSON RELATIONAL DUALITY VIEW user_tickets_dv AS
SELECT JSON {
    '_id' : e.id,
    'userId' : e.user_id,
    'entryNo' : e.entry_no,
    'quantity' : e.quantity,
    'costPoints' : e.cost_points,
    'route' : e.route,
    'transactionId' : e.transaction_id,
    'purchasedAt' : e.purchased_at,
    'reason' : e.reason,
    'drawing' : (
        SELECT JSON {
            'drawingId' : d.id,
            'drawingType' : d.drawing_type,
            'name' : d.name,
            'ticketSalesClose' : d.ticket_sales_close,
            'drawingTime' : d.drawing_time,
            'status' : d.status,
            'completedAt' : d.completed_at
        } FROM drawings d WHERE d.id = e.drawing_id
    )
} FROM entries e;

CREATE OR REPLACE JSON RELATIONAL DUALITY VIEW fulfillment_details_dv AS
SELECT JSON {
    '_id' : f.id,
    'userId' : f.user_id,
    'drawingId' : f.drawing_id,
    'drawNo' : f.draw_no,
    'ticketNumber' : f.ticket_number,
    'drawingName' : f.drawing_name,
    'prizeName' : f.prize_name,
    'fulfillmentType' : f.fulfillment_type,
    'status' : f.status,
    'carrier' : f.carrier,
    'trackingNumber' : f.tracking_number,
    'reference' : f.reference,
    'notifiedAt' : f.notified_at,
    'warnedAt' : f.warned_at,
    'addressConfirmedAt' : f.address_confirmed_at,
    'addressInvalidAt' : f.address_invalid_at,
    'shippedAt' : f.shipped_at,
    'deliveredAt' : f.delivered_at,
    'forfeitAt' : f.forfeit_at,
    'forfeitedAt' : f.forfeited_at,
    'createdAt' : f.created_at,
    'prize' : (
        SELECT JSON {
            'prizeId' : p.id,
            'prizeRank' : p.prize_rank,
            'description' : p.description,
            'valueUsd' : p.value_usd,
            'imageUrl' : p.image_url,
            'sponsor' : (
                SELECT JSON {
                    'sponsorId' : s.id,
                    'name' : s.name,
                    'websiteUrl' : s.website_url,
                    'logoUrl' : s.logo_url
                } FROM sponsors s WHERE s.id = p.sponsor_id
            )
        } FROM prizes p WHERE p.id = f.prize_id
    )
} FROM prize_fulfillments f;
