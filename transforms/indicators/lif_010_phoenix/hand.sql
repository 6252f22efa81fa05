-- Who controls or runs a company, or did, and when.
select company_id, party_id, from_on, to_on from control_period
union
select company_id, party_id, from_on, to_on
from officer
where role <> 'seniorManagingOfficial'
    and party_id is not null
    and party_id not in (select entity_id from exempt)
