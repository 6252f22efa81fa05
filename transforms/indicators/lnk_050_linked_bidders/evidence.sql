select bidder_id as subject_id, 'bid' as role, statement_id, 'bid_statement.bidder_name' as field
from linked
union
select bidder_id, 'bid of the other', other_statement_id, 'bid_statement.bidder_name' from linked
union
select l.bidder_id, 'interest that joins them', e.interest_id, 'interest_statement.share_min'
from (
    select bidder_id, unnest([bidder_id, other_id]) as held_id
    from linked
    where link in ('control_group', 'beneficial_owner')
) l
join graph_edge e on e.subject_id = l.held_id and e.interest_id is not null
union
select l.bidder_id, 'office of both', o.statement_id, 'relationship_statement.valid_from'
from linked l
join officer o on o.party_id = l.shared and o.company_id in (l.bidder_id, l.other_id)
where l.link = 'officer'
union
select l.bidder_id, 'seat of both', c.address_statement_id, 'address_statement.address_text'
from (
    select bidder_id, unnest([bidder_id, other_id]) as seated_id from linked where link = 'address'
) l
join company c on c.company_id = l.seated_id
