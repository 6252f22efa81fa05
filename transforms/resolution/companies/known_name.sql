-- The registers' names of a number; of a number that none holds, the earliest record's name.
create or replace temp table known_name as
select distinct org_id, known_key, true as verified from registered_key
union all
select org_id, arg_min(name_key, row_no), false
from claim_record
anti join registered_key using (org_id)
where org_id is not null and name_key is not null
group by org_id
