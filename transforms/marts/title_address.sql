-- Address units of the titles, including titles in no edition in force whose proprietors are kept, because a
-- sale to somebody in no register is known only from them. A property is a single unit: a list of units has
-- none, nor has a flat that is not identified.
with left_behind as (
    select
        t.title_id,
        t.units_n,
        t.multiple_addresses,
        t.statement_id,
        row_number() over (
            partition by t.title_id order by e.edition_order desc, t.register, t.statement_id
        ) as newest
    from title_statement t
    join edition_in_use e using (register, dataset, edition)
    left join title i on i.title_id = t.title_id
    where i.title_id is null and t.title_id in (select title_id from proprietorship)
),
known as (
    select title_id, units_n, multiple_addresses, statement_id from title
    union all
    select title_id, units_n, multiple_addresses, statement_id from left_behind where newest = 1
)
select
    t.title_id,
    a.address_id,
    case
        when t.units_n = 1
            and not coalesce(t.multiple_addresses, false)
            and a.postcode is not null
            and '|' || a.unit_key || '|' not like '%|FLATS%'
            and ('|' || a.unit_key || '|' not like '%|FLAT|%' or a.unit_key like '%|FLOOR %')
            then replace(a.address_id, 'UT-A-', 'UT-U-')
    end as property_id,
    a.object_id,
    a.designation_id,
    a.role,
    a.statement_id
from known t
join address_statement a on a.of_statement_id = t.statement_id and a.role = 'property'
where a.address_id is not null
