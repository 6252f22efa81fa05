-- Legal entities that the authority deals with, without any flag and in no case. Other kinds of flow than a
-- payment stand in statements of account, which are somebody else's dealings; so are payments and subsidies
-- of other public bodies. The authority is the one that bears the home's name, and the only payer held.
-- Permits are in its own files.
with given as (
    select payee_id as entity_id, 'payment' as kind, coalesce(payer_name, payer_id) as body
    from v_flow
    where kind = 'payment'
    union
    select payee_id, 'subsidy', funder_id from v_subsidy
),
-- By the letters and digits of the name.
by_body as (
    select
        entity_id,
        kind,
        regexp_replace(lower(strip_accents(replace(body, 'body:', ''))), '[^a-z0-9]', '', 'g') as body
    from given
),
own as (
    select regexp_replace(lower(strip_accents($name)), '[^a-z0-9]', '', 'g') as body
    union
    select max(body) from by_body where kind = 'payment' having count(distinct body) = 1
),
dealt as (
    select entity_id, 'payee' as dealing from by_body where body in (select body from own)
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
