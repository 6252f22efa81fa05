-- Titles of each acquirer, with the fence of all acquirers: Q3 + 3 IQR by Tukey's hinges, the medians of the
-- lower and the upper half, both including the middle one.
with sizes as (
    select acquirer_id, count(distinct title_id) as titles_n
    from acquired
    group by acquirer_id
),
placed as (
    select
        *,
        row_number() over (order by titles_n, acquirer_id) as place,
        count(*) over () as acquirers_n
    from sizes
),
hinges as (
    select
        max(acquirers_n) as acquirers_n,
        median(titles_n) filter (where 2 * place <= acquirers_n + 1) as q1,
        median(titles_n) filter (where 2 * place >= acquirers_n + 1) as q3
    from placed
)
select s.acquirer_id, s.titles_n, h.acquirers_n, h.q3 + 3 * (h.q3 - h.q1) as fence
from sizes s
cross join hinges h
