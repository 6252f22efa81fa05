-- `plain`: in capitals, without points and apostrophes, which few names have.
select person_id, full_name, birth_year, birth_month
from (
    select
        *,
        case
            when contains(full_name, '.') or contains(full_name, '''') or contains(full_name, '`')
            then translate(upper(full_name), '.''`', '')
            else upper(full_name)
        end as plain
    from v_person
    where person_type = 'knownPerson' and full_name is not null
)
where {condition}
order by person_id
