-- Sales at no more than `pct` per cent of the median of their district, kind and quarter, else year; and
-- sales without such a median.
with measured as (
    select
        s.transaction_id, s.title_id, s.statement_id, s.price, s.currency, s.transferred_on, s.category,
        coalesce(q.median_price, y.median_price) as middle,
        coalesce(q.sales_n, y.sales_n) as peer_n
    from sale s
    left join price_index q
        on q.area_name = s.area_name and q.property_type = s.property_type and q.currency = s.currency
        and q.period = 'quarter' and q.period_start = s.quarter_start
    left join price_index y
        on y.area_name = s.area_name and y.property_type = s.property_type and y.currency = s.currency
        and y.period = 'year' and y.period_start = s.year_start
    where s.price > 0
)
select * from measured
where price * 100 <= $pct * middle or middle is null
