-- Any three years whose last year is under this regulation.
with last_years as (
    select distinct payee_id, territory, first_year as last_year from aid where first_year >= 2024
)
select
    w.payee_id, w.territory, w.last_year,
    sum(a.amount) as received,
    bool_or(a.receiver_id <> a.payee_id) as is_of_group
from last_years w
join aid a
    on a.payee_id = w.payee_id
    and a.territory = w.territory
    and a.first_year between w.last_year - 2 and w.last_year
group by w.payee_id, w.territory, w.last_year
