#!lua flags=allow-oom
-- A person is not here any more: the nick is not held by this node.
-- KEYS: persons held by this node, nicks held. ARGV: what the key of a person begins with, node, person.
redis.call('SREM', KEYS[1], ARGV[3])
release(ARGV[1] .. ARGV[3], KEYS[2], ARGV[3], ARGV[2])
return 1
