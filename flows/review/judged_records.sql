-- Records by the hash that the chain of judgements holds of each.
select distinct register, record, {hash} as digest
from v_resolution
where register in (select unnest($registers)) and {hash} in (select unnest($digests))
