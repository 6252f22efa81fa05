select
    interest_id, 'interest' as role, interest_id as statement_id, 'interest_statement.native_code' as field
from interest
union all
select interest_id, 'share at least', interest_id, 'interest_statement.share_min'
from interest
where share_min is not null
union all
select interest_id, 'share at most', interest_id, 'interest_statement.share_max'
from interest
where share_max is not null
union all
select
    i.interest_id, 'holder', r.party_statement_id,
    case when r.party_kind = 'person' then 'person_statement.full_name' else 'entity_statement.name' end
from interest i
join relationship r on r.statement_id = i.statement_id
union all
select interest_id, 'held', statement_id, 'relationship_statement.subject_id'
from interest
