with events as (
    select added_on as day, 'proprietor added' as event, party_id, proprietor_name as party_name,
        cast(null as decimal(18, 2)) as amount, cast(null as varchar) as currency, statement_id
    from proprietorship
    where title_id = id
    union all
    select ended_on, 'proprietor left', party_id, proprietor_name, null, null, statement_id
    from proprietorship
    where title_id = id and ended_on is not null
    union all
    select t.transferred_on, 'sold', null, null, t.price, t.currency, t.statement_id
    from transaction t
    where t.title_id = id
        or (
            t.title_id is null
            and t.property_id in (select property_id from title_address where title_id = id)
        )
    union all
    select
        (select max(added_on) from proprietorship where title_id = id and ended_on is null),
        'price paid, as the title states', null, null, price_paid_gbp, 'GBP', statement_id
    from title
    where title_id = id and price_paid_gbp is not null
    union all
    select created_on, kind || ' created', lender_id, lender_name, amount_secured, currency, statement_id
    from charge
    where title_id = id
    union all
    select satisfied_on, kind || ' satisfied', lender_id, lender_name, amount_secured, currency, statement_id
    from charge
    where title_id = id and satisfied_on is not null
)
select day, event, party_id, party_name, amount, currency, statement_id
from events
order by day nulls first, event, statement_id
