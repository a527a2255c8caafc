-- Stores standings of one ranking, each unless a later version of it is there.
-- KEYS: what is known of its members (hash), their order (sorted set)
-- ARGV: in how many seconds both expire (0 for never); then for each standing
--       member id, the member's weight, version, minus the points, what breaks ties (empty: the member is not shown)
-- The hash has, for each member, the version (10 digits) and what breaks ties; and of them all the sum of the versions
-- by weight ('revision') and how many are shown ('shown').
local members, order = KEYS[1], KEYS[2]
local revision, shown = 0, 0
for at = 2, #ARGV, 5 do
    local id, weight, version, score, ties = unpack(ARGV, at, at + 4)
    local known = redis.call('HGET', members, id) or '0000000000'
    local known_version = tonumber(string.sub(known, 1, 10))
    if tonumber(version) >= known_version then
        if #known > 10 then
            redis.call('ZREM', order, string.sub(known, 11) .. id)
            shown = shown - 1
        end
        if ties ~= '' then
            redis.call('ZADD', order, score, ties .. id)
            shown = shown + 1
        end
        redis.call('HSET', members, id, version .. ties)
        revision = revision + (tonumber(version) - known_version) * tonumber(weight)
    end
end
redis.call('HINCRBY', members, 'revision', revision)
redis.call('HINCRBY', members, 'shown', shown)
if ARGV[1] ~= '0' then
    redis.call('EXPIRE', members, ARGV[1])
    redis.call('EXPIRE', order, ARGV[1])
end
