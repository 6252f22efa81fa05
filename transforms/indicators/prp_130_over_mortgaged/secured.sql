-- For each title, its open charges and mortgages, each with all the titles that it covers.
with standing as (
    select *, coalesce(deed_id, charge_id) as debt_id
    from charge
    where kind <> 'attachment'
        and status <> 'satisfied'
        and title_id is not null
        and coalesce(created_on <= $as_of, true)
),
held as (
    select distinct p.title_id, h.debt_id
    from proprietorship p
    join standing h on h.title_id = p.title_id and coalesce(h.borrower_id, p.party_id) = p.party_id
    where p.ended_on is null
),
bought as (
    select
        title_id,
        added_on,
        statement_id,
        row_number() over (
            partition by title_id order by added_on desc nulls last, statement_id
        ) as newest
    from proprietorship
    where ended_on is null
),
-- The newest year with enough sales in each district: this year or the one before.
newest as (
    select area_name, max(period_start) as period_start
    from price_index
    where property_type = 'any'
        and period = 'year'
        and period_start <= $as_of
        and year(period_start) >= year($as_of) - 1
    group by area_name
),
-- The price paid for each title alone.
priced as (
    select title_id, coalesce(price_paid_gbp, price_paid_eur) as price
    from title
    where coalesce(price_paid_gbp, price_paid_eur) > 0 and not coalesce(price_covers_several, false)
),
-- The municipality's valuation of the single address of a title.
determined as (
    select
        t.title_id, v.value_eur as value, v.statement_id as value_statement_id,
        row_number() over (partition by t.title_id order by v.valued_on desc, v.statement_id) as newest,
        count(distinct v.object_number) over (partition by t.title_id) as objects_n
    from title_address t
    join valuation v on v.designation_id = t.designation_id and v.valued_on <= $as_of
    where t.title_id in (select title_id from title where units_n = 1)
),
valued as (
    select
        t.title_id, t.statement_id as title_statement_id, b.statement_id, b.added_on,
        case when t.price_paid_eur > 0 then 'EUR' when t.price_paid_gbp > 0 then 'GBP' end as priced_in,
        v.value_statement_id,
        case when b.added_on <= $as_of then p.price end as price,
        case when b.added_on <= $as_of
            then coalesce(
                cast(v.value as double),
                cast(p.price as double) * cast(i.median_price as double)
                    / nullif(cast(o.median_price as double), 0)
            )
        end as value_today
    from title t
    left join bought b on b.title_id = t.title_id and b.newest = 1
    left join priced p on p.title_id = t.title_id
    left join determined v on v.title_id = t.title_id and v.newest = 1 and v.objects_n = 1
    left join price_index o
        on o.area_name = t.area_name
        and o.property_type = 'any'
        and o.period = 'year'
        and o.period_start = make_date(year(b.added_on), 1, 1)
    left join newest n on n.area_name = t.area_name
    left join price_index i
        on i.area_name = n.area_name
        and i.property_type = 'any'
        and i.period = 'year'
        and i.period_start = n.period_start
)
select
    d.title_id, h.debt_id, h.title_id as covered_id,
    -- Old Dutch mortgages are in guilders; the rate was fixed in 1998.
    case
        when h.currency = 'NLG' then cast(round(h.amount_secured / 2.20371, 2) as decimal(18, 2))
        else h.amount_secured
    end as amount_secured,
    case when h.currency = 'NLG' then 'EUR' else h.currency end as currency,
    h.objects_n,
    h.statement_id as charge_statement_id,
    v.title_statement_id, v.statement_id, v.added_on, v.priced_in, v.price, v.value_today,
    v.value_statement_id
from held d
join standing h on h.debt_id = d.debt_id
left join valued v on v.title_id = h.title_id
