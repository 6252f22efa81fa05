-- Who controls an applicant, or did, with the first day without it. A party controls itself, because an
-- applicant may control another. Public and listed parties control half a country and are left out.
select subject_id as company_id, party_id, cast(null as date) as to_on
from graph_control
where verdict = 'CERTAIN'
    and subject_id in (select applicant_id from permit)
    and party_id not in (select entity_id from exempt)
union
select company_id, party_id, to_on
from control_period
where to_on is not null and company_id in (select applicant_id from permit)
union
select applicant_id, applicant_id, null from permit where applicant_id is not null
