-- Who controls or runs a company, or did, and when. Control without a known first day may be new; an officer
-- without one is assumed to have been there.
select company_id, party_id, from_on, to_on, from_on is not null as is_dated
from control_period
union all
select company_id, party_id, from_on, to_on, true
from officer
where role <> 'seniorManagingOfficial'
    and party_id is not null
    and party_id not in (select entity_id from exempt)
