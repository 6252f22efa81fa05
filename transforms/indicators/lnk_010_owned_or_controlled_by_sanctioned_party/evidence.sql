with proof as (
    select
        subject_id,
        case
            when party_set in ('sanctioned', 'sanctioned_binding') then regime
            else 'candidate'
        end as subtype,
        sources,
        witness
    from graph_cascade
),
source as (
    select distinct subject_id, subtype, unnest(sources) as party_id from proof
    union
    select subject_id, 'listed', subject_id from mark where mark = 'sanctioned'
    union
    select subject_id, 'candidate', subject_id from mark where mark = 'sanctioned_candidate'
),
witness as (
    select distinct subject_id, subtype, unnest(witness) as interest_id from proof
)
select p.subject_id, f.role, f.statement_id, f.field, p.subtype
from source p
join listing_fact f on f.party_id = p.party_id and f.listing_class = 'sanction'
union all
select w.subject_id, f.role, f.statement_id, f.field, w.subtype
from witness w
join interest_fact f on f.interest_id = w.interest_id
