-- The registers' names for a number, and the names in registers that are linked to the trade register,
-- because a company keeps its number when it is renamed. For a number that no register has: the earliest
-- record's name, and the names that the same record states with the number in other editions, because it was
-- renamed.
create or replace temp table known_name as
with unheld as not materialized (
    select * from claim_record anti join registered_key using (org_id)
    where org_id is not null and name_key is not null
),
earliest as (
    select org_id, arg_min(name_key, row_no) as name_key, min(name_key) <> max(name_key) as is_varied
    from unheld
    group by org_id
),
renamed as (
    select distinct u.org_id, u.register, u.dataset, u.record, u.part
    from unheld u
    join earliest e using (org_id, name_key)
    where e.is_varied
)
select org_id, known_key, true as verified from registered_key
union
select org_id, name_key, false from earliest
union
select u.org_id, u.name_key, false
from unheld u
join renamed using (org_id, register, dataset, record, part)
union
select org_id, name_key, false
from claim_record
where register in ({linked}) and org_id is not null and name_key is not null
