-- Companies that applied for a permit at these premises.
select distinct premises_id, applicant_id as party_id
from v_permit
where premises_id in (select unnest($ids)) and applicant_id in (select entity_id from entity)
order by premises_id, party_id
