select p.party_id
from proprietorship p
join title t using (title_id)
where p.ended_on is null
    and (
        t.area_name in (select area_name from home_area)
        or not exists (select 1 from home_area)
    )
union
select payee_id from flow where payee_id is not null and kind in ('payment', 'subsidy')
union
select payee_id from subsidy where payee_id is not null and state in ('granted', 'settled')
union
select applicant_id
from permit
where applicant_id is not null
    and state in ('applied', 'granted')
    and (
        area_name in (select area_name from home_area)
        or not exists (select 1 from home_area)
    )
union
select supplier_id from award where supplier_id is not null and status = 'active'
