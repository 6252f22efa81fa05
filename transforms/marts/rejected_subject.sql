-- Subjects that a rejected record of an edition in force may be about, because it has their number; and UK
-- overseas entities whose number is in such a record, whether known or not.
with mentioned as (
    select distinct m.register, m.token
    from reject_mention m
    join edition_in_use e using (register, dataset, edition)
    where e.status = 'in_force'
),
subjects as (
    select company_id as subject_id from company
    union all
    select entity_id from entity
    union all
    select title_id from title
    union all
    select property_id from property
    union all
    select transaction_id from "transaction"
)
select m.register, s.subject_id
from subjects s
join mentioned m on m.token = regexp_replace(s.subject_id, '^[A-Z]+-[A-Z_]+-', '')
union
select m.register, concat_ws('-', r.identifier_scheme, m.token)
from mentioned m
join register_role r on r.register = m.register and r.role = 'companies'
where regexp_matches(m.token, '^OE[0-9]{6}$')
