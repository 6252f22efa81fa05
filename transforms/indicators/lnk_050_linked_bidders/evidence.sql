with bidder as (
    select bidder_id, link, shared, unnest([bidder_id, other_id]) as company_id from linked
),
joining as (
    select b.bidder_id, i.interest_id
    from bidder b
    join group_interest i on i.company_id = b.company_id and i.shared_id = b.shared
    union
    select b.bidder_id, unnest(u.witness)
    from bidder b
    join graph_ubo u on u.subject_id = b.company_id and u.party_id = b.shared
    where b.link = 'beneficial_owner' and u.regime in ('AMLR', 'UK') and u.verdict = 'CERTAIN'
)
select bidder_id as subject_id, 'bid' as role, statement_id, 'bid_statement.bidder_name' as field
from linked
union
select bidder_id, 'bid of the other', other_statement_id, 'bid_statement.bidder_name' from linked
union
select j.bidder_id, f.role, f.statement_id, f.field
from joining j
join interest_fact f on f.interest_id = j.interest_id
union
select b.bidder_id, 'office of both', o.statement_id, 'relationship_statement.valid_from'
from bidder b
join officer o on o.party_id = b.shared and o.company_id = b.company_id
where b.link = 'officer'
union
select b.bidder_id, 'officer', r.party_statement_id,
    case when r.party_kind = 'person' then 'person_statement.full_name' else 'entity_statement.name' end
from bidder b
join officer o on o.party_id = b.shared and o.company_id = b.company_id
join relationship r on r.statement_id = o.statement_id
where b.link = 'officer'
union
select b.bidder_id, 'seat of both', c.address_statement_id, 'address_statement.address_text'
from bidder b
join company c on c.company_id = b.company_id
where b.link = 'address'
