-- The value of a title on the day of a deed: the municipality's newest valuation up to that day, within two
-- years (own); else the price that the party that left had paid, adjusted to that day by the price index.
with determined as (
    select
        l.left_statement_id, l.statement_id,
        cast(v.value_eur as double) as worth,
        v.statement_id as worth_statement_id,
        row_number() over (
            partition by l.left_statement_id, l.statement_id order by v.valued_on desc, v.statement_id
        ) as newest,
        count(distinct v.object_number) over (partition by l.left_statement_id, l.statement_id) as objects_n
    from linked l
    join title t on t.title_id = l.title_id and t.units_n = 1
    join title_address a on a.title_id = l.title_id
    join valuation v
        on v.designation_id = a.designation_id
        and date_diff('day', v.valued_on, l.came_on) between 0 and 730
)
select
    l.left_statement_id,
    l.statement_id,
    v.worth is not null as is_determined,
    coalesce(
        v.worth,
        cast(x.price as double) * cast(i.median_price as double) / nullif(cast(o.median_price as double), 0)
    ) as worth,
    v.worth_statement_id,
    x.statement_id as earlier_statement_id
from linked l
join title t using (title_id)
left join determined v
    on v.left_statement_id = l.left_statement_id
    and v.statement_id = l.statement_id
    and v.newest = 1
    and v.objects_n = 1
left join "transaction" x
    on x.transaction_id = l.earlier_transaction_id and x.category = 'standard' and x.price > 0
left join price_index o
    on o.area_name = t.area_name and o.property_type = 'any' and o.period = 'year' and o.currency = x.currency
    and o.period_start = make_date(year(x.transferred_on), 1, 1)
left join price_index i
    on i.area_name = t.area_name and i.property_type = 'any' and i.period = 'year' and i.currency = x.currency
    and i.period_start = make_date(year(l.came_on), 1, 1)
