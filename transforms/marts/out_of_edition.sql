-- Entries that are not in the edition in force of their register, and why: `rejected:` if one of its rejected
-- records may be the entry.
with editions_now as (
    select distinct register, edition from edition_in_use where status = 'in_force'
)
select
    c.company_id,
    case
        when p.subject_id is not null then concat_ws('', 'rejected:', c.register)
        else 'not_in_edition'
    end as gap
from company c
left join editions_now e on e.register = c.register and e.edition = c.edition
left join rejected_subject p on p.register = c.register and p.subject_id = c.company_id
where e.edition is null
