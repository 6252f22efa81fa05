-- The name of every natural person that has one, and the number of its row.
create table person_name as
select row_no, {plain} as plain
from (
    select rowid as row_no, full_name as name
    from person
    where person_type = 'knownPerson' and full_name is not null
)
order by row_no
