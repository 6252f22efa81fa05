-- Sets of at least two active entities that have the same director, one row for each entity.
with seats as (
    select o.party_id, o.company_id, min(o.statement_id) as statement_id
    from officer o
    join company c on c.company_id = o.company_id and c.is_active
    where o.is_open and o.role in ('boardMember', 'boardChair')
    group by o.party_id, o.company_id
),
counted as (
    select *, count(*) over (partition by party_id) as entities_n from seats
)
select
    concat_ws('', 'DS-', party_id) as directed_set_id, company_id as subject_id, party_id as director_id,
    statement_id
from counted
where entities_n >= 2
