with bidder as (
    select bidder_id, link, shared, unnest([bidder_id, other_id]) as company_id from linked
),
control as (
    select subject_id, party_id from graph_control where verdict = 'CERTAIN' and kind = 'control'
),
grouped as (
    select distinct b.bidder_id, b.company_id, g.controller_id
    from bidder b
    join graph_control_group g on g.control_group_id = b.shared
    where b.link = 'control_group'
),
-- The holders between a bidder and the controller of its group.
rung as (
    select bidder_id, company_id, controller_id, company_id as step_id from grouped
    union
    select g.bidder_id, g.company_id, g.controller_id, h.party_id
    from grouped g
    join control h on h.subject_id = g.company_id
    join control t on t.subject_id = h.party_id and t.party_id = g.controller_id
),
tie as (
    select bidder_id, step_id, controller_id as above_id from rung
    union
    select r.bidder_id, r.step_id, o.step_id
    from rung r
    join rung o
        on o.bidder_id = r.bidder_id and o.company_id = r.company_id and o.controller_id = r.controller_id
),
joining as (
    select t.bidder_id, e.interest_id
    from tie t
    join graph_edge e on e.subject_id = t.step_id and e.party_id = t.above_id
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
