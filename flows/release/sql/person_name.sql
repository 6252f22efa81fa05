-- The name of every natural person that has one, as `plain` of `name_of`, and the number of its row.
create table person_name as
select
    rowid as row_no,
    case
        when strlen(full_name) <> length(full_name) then null
        when contains(full_name, '.') or contains(full_name, '''') or contains(full_name, '`')
        then translate(upper(full_name), '.''`', '')
        else upper(full_name)
    end as plain
from person
where person_type = 'knownPerson' and full_name is not null
order by row_no
