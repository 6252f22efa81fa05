-- The input of Splink: profiles, whether their forename is a name, and the keys of their blocks.
create or replace temp table person_compared as
with frequent as (
    select forename
    from person_stated
    where forename is not null
    group by forename
    having count(*) >= greatest({records_min}, {share_min} * (select count(*) from person_stated))
)
select
    s.*,
    f.short_forms,
    coalesce(f.is_forename or s.forename in (select forename from frequent), false) as is_forename,
    b.* exclude (unique_id)
from person_stated s
left join person_forename f using (forename)
{blocked_join} person_blocked b using (unique_id)
