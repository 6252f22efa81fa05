-- The companies whose owners are added up, and the law that defines an owner.
select distinct
    party_id as subject_id,
    case when territory = 'gb' then 'UK' else 'AMLR' end as regime
from covered
where not_covered is null
