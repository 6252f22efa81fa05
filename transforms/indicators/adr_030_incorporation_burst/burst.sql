-- At each unit the 7 days that count: of those that pass the test the fullest, else the fullest of all; if
-- equal, the latest.
with
-- Incorporations in each of the 104 weeks before; weeks without one have no row.
weeks as (
    select
        b.unit_id,
        b.day_no,
        cast(floor((b.from_no - 1 - f.day_no) / 7) as bigint) as week_no,
        count(*) as founded_n
    from busy b
    join founded f on f.unit_id = b.unit_id and f.day_no between b.from_no - 728 and b.from_no - 1
    group by b.unit_id, b.day_no, week_no
),
sums as (
    select
        b.unit_id,
        b.day_no,
        cast(coalesce(sum(w.founded_n), 0) as bigint) as once,
        cast(coalesce(sum(w.founded_n * w.founded_n), 0) as bigint) as squared
    from busy b
    left join weeks w on w.unit_id = b.unit_id and w.day_no = b.day_no
    group by b.unit_id, b.day_no
),
-- Mean m = once / 104 and variance v = (squared - 104 m2) / 103, by moments size m2 / (v - m) and probability
-- q = m / v; without overdispersion, Poisson. In whole numbers, because v - m may be nearly nothing.
fitted as (
    select
        unit_id,
        day_no,
        once / 104.0 as mean,
        case
            when 104 * squared - once * once > 103 * once
                then 103.0 * once * once / nullif(104.0 * (104 * squared - once * once - 103 * once), 0)
        end as size,
        103.0 * once / nullif(104 * squared - once * once, 0) as q
    from sums
    where once > 0
),
-- The logarithm of P(0), then of each P(k) / P(k - 1), k being the place of a company within the 7 days.
steps as (
    select
        unit_id,
        day_no,
        k,
        case
            when size is null and k = 0 then -mean
            when size is null then ln(mean / nullif(k, 0))
            when k = 0 then size * ln(q)
            else ln((size + k - 1) / nullif(k, 0) * (1 - q))
        end as step
    from (
        select
            m.unit_id, m.day_no, m.mean, m.size, m.q,
            row_number() over (
                partition by m.unit_id, m.day_no order by f.day_no, f.company_id
            ) - 1 as k
        from fitted m
        join founded f on f.unit_id = m.unit_id and f.day_no between m.day_no - 6 and m.day_no
    ) each
),
fewer as (
    select
        unit_id,
        day_no,
        sum(cast(exp(log_p) as decimal(38, 20))) as probability
    from (
        select
            unit_id,
            day_no,
            sum(step) over (
                partition by unit_id, day_no order by k rows between unbounded preceding and current row
            ) as log_p
        from steps
    ) summed
    group by unit_id, day_no
),
judged as (
    select
        b.*,
        m.once / 104.0 as mean,
        case
            when b.first_no > b.from_no - 728 then 'fewer_weeks'
            when 1 - coalesce(cast(p.probability as double), 1) < $p then 'hit'
            else 'miss'
        end as outcome
    from busy b
    join sums m on m.unit_id = b.unit_id and m.day_no = b.day_no
    left join fewer p on p.unit_id = b.unit_id and p.day_no = b.day_no
),
ranked as (
    select
        *,
        row_number() over (
            partition by unit_id order by outcome = 'hit' desc, founded_n desc, day_no desc
        ) as best
    from judged
)
select unit_id, last_on, day_no, from_no, founded_n, mean, outcome
from ranked
where best = 1
