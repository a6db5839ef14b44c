#!lua
-- What each payer spent, over all nodes, since they spent nothing for a while.
-- KEYS: the sum of each payer. ARGV: milliseconds that a sum is kept without spending, and then what this node adds to each.
-- Answers the sums.
local sums = {}
for index, key in ipairs(KEYS) do
  sums[index] = redis.call('INCRBY', key, ARGV[index + 1])
  redis.call('PEXPIRE', key, ARGV[1])
end
return sums
