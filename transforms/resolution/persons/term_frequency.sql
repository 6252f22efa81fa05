-- The frequency of each value of a column, after adding records at the expected frequency.
create or replace temp table person_tf_{column} as
select
    {column},
    (count(*) + {added_n} * {expected}) / (sum(count(*)) over () + {added_n}) as tf_{column}
from person_stated
where {column} is not null
group by {column}
