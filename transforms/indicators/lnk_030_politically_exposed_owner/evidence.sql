with pep as materialized (
    select party_id, is_candidate from listed_party where listing_class = 'pep'
),
owner as materialized (
    select subject_id, party_id, verdict, witness
    from graph_ubo
    where regime in ('AMLR', 'UK')
        and verdict in ('CERTAIN', 'POSSIBLE')
        and party_id in (select party_id from pep)
),
on_list as (
    select distinct o.subject_id, o.party_id
    from owner o
    join pep l on l.party_id = o.party_id and not l.is_candidate
),
exposed as (
    select subject_id, party_id from on_list
    union
    -- A candidate proves nothing if the flag rests on a listed person.
    select o.subject_id, o.party_id
    from owner o
    join pep c on c.party_id = o.party_id and c.is_candidate
    where o.subject_id not in (select subject_id from on_list)
),
witness as (
    select distinct o.subject_id, unnest(o.witness) as interest_id
    from owner o
    join exposed x on x.subject_id = o.subject_id and x.party_id = o.party_id
)
select p.subject_id, f.role, f.statement_id, f.field
from exposed p
join listing_fact f on f.party_id = p.party_id and f.listing_class = 'pep'
union all
select w.subject_id, f.role, f.statement_id, f.field
from witness w
join interest_fact f on f.interest_id = w.interest_id
