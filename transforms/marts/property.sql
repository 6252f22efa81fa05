-- Properties of one unit, from titles and from sales.
with
-- Only registers that state titles are read here, because the addresses of sales are many more.
title_place as (
    select statement_id, of_statement_id, address_id, address_text, postcode
    from address_statement
    where role = 'property' and register in (select distinct register from title_statement)
),
met as (
    select
        t.property_id, t.address_id, a.address_text, a.postcode, i.area_name, i.area_code, i.territory,
        t.title_id, cast(null as varchar) as transaction_id, t.statement_id
    from title_address t
    join title_place a using (statement_id)
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
-- From every edition, because a title that a company has sold is in no newer one.
titled as (
    select distinct t.title_id, replace(a.address_id, 'UT-A-', 'UT-U-') as property_id
    from title_statement t
    join edition_in_use e using (register, dataset, edition)
    join title_place a on a.of_statement_id = t.statement_id
    where t.units_n = 1 and not coalesce(t.multiple_addresses, false) and a.address_id is not null
),
held as (
    select distinct t.property_id
    from titled t
    join proprietorship_statement p using (title_id)
    join edition_in_use e using (register, dataset, edition)
),
counted as (
    select
        property_id,
        count(transaction_id) as transactions_n,
        min({
            'has_no_area': area_name is null, 'has_no_title': title_id is null, 'statement_id': statement_id
        }).statement_id as statement_id
    from met
    group by property_id
)
select
    m.property_id,
    m.address_id,
    m.address_text,
    m.postcode,
    m.area_name,
    m.area_code,
    m.territory,
    coalesce(t.titles_n, 0) as titles_n,
    c.transactions_n,
    h.property_id is not null as has_legal_entity_proprietor
from met m
join counted c on c.property_id = m.property_id and c.statement_id = m.statement_id
left join titles t on t.property_id = m.property_id
left join held h on h.property_id = m.property_id
