-- Legal entities that the authority deals with, without any flag and in no case. Other kinds of flow than a
-- payment stand in statements of account, which are somebody else's dealings.
with dealt as (
    select payee_id as entity_id, 'payee' as dealing from v_flow where kind = 'payment'
    union
    select payee_id, 'payee' from v_subsidy
    union
    select applicant_id, 'applicant' from v_permit
)
select
    e.entity_id,
    e.name,
    string_agg(distinct d.dealing, ', ' order by d.dealing) as dealings
from dealt d
join v_entity e using (entity_id)
where e.entity_id not in (select subject_id from v_flag where state = 'flagged')
  and e.entity_id not in (select subject_id from v_case_member)
group by e.entity_id, e.name
order by e.entity_id
