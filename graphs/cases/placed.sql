-- The subjects of each numbered case. Where the run is for some districts, a case that only flags of OWN,
-- DEC, ADR and LIF open needs somebody there: a seat, an agent's address aside, a title held, a permit, or
-- money of a public body. A seat with a postcode in no known district may be there.
with member as (
    select p.number, n.subject_id
    from case_place p
    join case_node n using (node)
),
of_any_district as (
    select distinct m.number
    from member m
    join case_flag f using (subject_id)
    where (f.may_open or f.may_open_together) and f.family not in ('OWN', 'DEC', 'ADR', 'LIF')
),
place as (
    select c.company_id as subject_id, c.area_name, c.postcode is not null as is_placeable
    from company c
    left join address a using (address_id)
    where coalesce(a.address_class, 'ordinary') not in ('agent', 'default')
        and (a.country is null or a.country in (select country from home_country))
    union all
    select address_id, area_name, postcode is not null
    from address
    where address_class not in ('agent', 'default')
    union all
    select title_id, area_name, true from title
    union all
    select property_id, area_name, true from property
    union all
    select transaction_id, area_name, true from "transaction"
),
here as (
    select distinct m.number
    from member m
    join place s using (subject_id)
    where s.area_name in (select area_name from home_area) or (s.area_name is null and s.is_placeable)
    union
    select m.number
    from member m
    join holder_here h on h.party_id = m.subject_id
)
select number, subject_id
from member
where not exists (select 1 from home_area)
    or number in (select number from of_any_district)
    or number in (select number from here)
