-- For each company, the months with the most changes; if several, the latest.
with once as (
    select distinct company_id, kind, day, changed_at from change
),
counted as (
    select
        company_id,
        day as last_on,
        changed_at,
        count(*) over months as changes_n,
        min(day) over months as first_on,
        count(*) filter (where kind = 'owner') over months as owners_n,
        count(*) filter (where kind = 'director') over months as directors_n,
        count(*) filter (where kind = 'seat') over months as seats_n
    from once
    window months as (
        partition by company_id order by changed_at range between 100 * $months preceding and current row
    )
),
ranked as (
    select
        *,
        row_number() over (partition by company_id order by changes_n desc, changed_at desc) as best
    from counted
)
select company_id, changes_n, owners_n, directors_n, seats_n, first_on, last_on
from ranked
where best = 1
