-- Periods for which every sale is held, by the data sets in force. A yearly file covers its year up to its
-- newest sale; a monthly update continues what is held. A file of the report builder is a selection that its
-- name does not describe: its sales count, but absence from it proves nothing. The register begins on
-- 1995-01-01. At most 45 days lie between the newest sales of two consecutive monthly updates (own): if a
-- month is missing, it is eight weeks.
with sale_sets as (
    select
        e.dataset,
        case
            when e.dataset = 'pp-complete' then date '1995-01-01'
            when e.dataset = 'pp-monthly-update' then e.edition_date
            when e.dataset like 'pp-____' then make_date(try_cast(substr(e.dataset, 4) as integer), 1, 1)
        end as from_on,
        case
            when e.dataset like 'pp-____'
                then least(
                    e.edition_date, make_date(try_cast(substr(e.dataset, 4) as integer), 12, 31)
                )
            else e.edition_date
        end as to_on
    from edition_in_use e
    join register_role r on r.register = e.register and r.role = 'prices'
    where e.status = 'in_force'
),
sets_in_order as (
    select
        *,
        max(to_on) over (
            order by from_on, to_on, dataset rows between unbounded preceding and 1 preceding
        ) as before_on
    from sale_sets
    where from_on <= to_on
),
sets_numbered as (
    select
        *,
        sum(case when date_diff('day', before_on, from_on) <= 45 then 0 else 1 end) over (
            order by from_on, to_on, dataset
        ) as stretch_no
    from sets_in_order
)
select min(from_on) as from_on, max(to_on) as to_on
from sets_numbered
group by stretch_no
