-- Looks at one ranking: its revision, its size, one member's rank, a page, and the places around that member.
-- KEYS: what is known of its members (hash), their order (sorted set)
-- ARGV: offset and limit of the page, member id (empty: nobody), how many places above and below
-- Answers nothing when there is nothing, or when one of the two is gone or older than the other.
local members, order = KEYS[1], KEYS[2]
local known = redis.call('HMGET', members, 'revision', 'shown')
local size = redis.call('ZCARD', order)
if not known[1] or size ~= tonumber(known[2]) then
    return false
end
local offset, limit, id, reach = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
local page = redis.call('ZRANGE', order, offset, offset + limit - 1, 'WITHSCORES')
local own, around = false, {}
local standing = id ~= '' and redis.call('HGET', members, id)
if standing and #standing > 10 then
    own = redis.call('ZRANK', order, string.sub(standing, 11) .. id)
    around = redis.call('ZRANGE', order, math.max(0, own - reach), own + reach, 'WITHSCORES')
end
return {known[1], size, own, page, around}
