-- Gives a lease back, if it is ours. KEYS: the lease. ARGV: who had it.
if redis.call('GET', KEYS[1]) == ARGV[1] then
    redis.call('DEL', KEYS[1])
end
