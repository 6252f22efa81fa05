-- Properties of one unit, from titles and from sales.
with met as (
    select
        t.property_id, t.address_id, a.address_text, a.postcode, i.area_name, i.area_code, i.territory,
        t.title_id, cast(null as varchar) as transaction_id, t.statement_id
    from title_address t
    join address_statement a using (statement_id)
    join title i on i.title_id = t.title_id
    where t.property_id is not null
    union all
    select
        x.property_id, x.address_id, x.address_text, x.postcode, x.area_name, x.area_code, x.territory,
        null, x.transaction_id, x.statement_id
    from "transaction" x
    where x.property_id is not null
),
titles as (
    select property_id, count(distinct title_id) as titles_n
    from title_address
    where property_id is not null and title_id in (select title_id from title)
    group by property_id
),
-- From every edition: a title that a company has sold is in no newer one.
titled as (
    select distinct t.title_id, replace(a.address_id, 'UT-A-', 'UT-U-') as property_id
    from title_statement t
    join edition_in_use e using (register, dataset, edition)
    join address_statement a on a.of_statement_id = t.statement_id and a.role = 'property'
    where t.units_n = 1 and not coalesce(t.multiple_addresses, false) and a.address_id is not null
),
held as (
    select distinct t.property_id
    from titled t
    join proprietorship_statement p using (title_id)
    join edition_in_use e using (register, dataset, edition)
),
ranked as (
    select
        *,
        count(transaction_id) over (partition by property_id) as transactions_n,
        row_number() over (
            partition by property_id order by (area_name is null), (title_id is null), statement_id
        ) as best
    from met
)
select
    r.property_id,
    r.address_id,
    r.address_text,
    r.postcode,
    r.area_name,
    r.area_code,
    r.territory,
    coalesce(c.titles_n, 0) as titles_n,
    r.transactions_n,
    h.property_id is not null as has_legal_entity_proprietor
from ranked r
left join titles c using (property_id)
left join held h using (property_id)
where r.best = 1
