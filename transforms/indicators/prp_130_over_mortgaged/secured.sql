-- For each title, the charges and mortgages that stand on it, each with all the titles that it covers.
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
    select title_id, max(added_on) as added_on, min(statement_id) as statement_id
    from proprietorship
    where ended_on is null
    group by title_id
),
-- The newest year of each district with enough sales, of this year or the one before.
newest as (
    select area_name, max(period_start) as period_start
    from price_index
    where property_type = 'any'
        and period = 'year'
        and period_start <= $as_of
        and year(period_start) >= year($as_of) - 1
    group by area_name
),
valued as (
    select
        t.title_id, t.statement_id as title_statement_id, b.statement_id, b.added_on,
        case when t.price_paid_eur > 0 then 'EUR' when t.price_paid_gbp > 0 then 'GBP' end as priced_in,
        case when t.price_paid_gbp > 0 and b.added_on <= $as_of then t.price_paid_gbp end as price_gbp,
        case when t.price_paid_gbp > 0 and b.added_on <= $as_of
            then cast(t.price_paid_gbp as double) * cast(i.median_price_gbp as double)
                / nullif(cast(o.median_price_gbp as double), 0)
        end as indexed_gbp
    from title t
    left join bought b using (title_id)
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
    d.title_id, h.debt_id, h.title_id as covered_id, h.amount_secured, h.currency, h.objects_n,
    h.statement_id as charge_statement_id,
    v.title_statement_id, v.statement_id, v.added_on, v.priced_in, v.price_gbp, v.indexed_gbp
from held d
join standing h using (debt_id)
left join valued v on v.title_id = h.title_id
