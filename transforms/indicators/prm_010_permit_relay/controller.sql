-- Who controls an applicant. A party controls itself, because one applicant may control the other. Public and
-- listed parties are left out, because they control half a country.
select subject_id as company_id, party_id
from graph_control
where verdict = 'CERTAIN'
    and subject_id in (select applicant_id from permit)
    and party_id not in (select entity_id from exempt)
union
select applicant_id, applicant_id from permit where applicant_id is not null
