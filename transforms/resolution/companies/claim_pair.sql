-- Each distinct pair of a number and a name stated together, with the known names of the number.
create or replace temp table claim_pair as
with stated as (
    select distinct org_id, name_key, is_nobodys from claim_record where org_id is not null
)
select row_number() over () - 1 as row_no, s.*, k.known_key, k.verified
from stated s
join known_name k using (org_id)
