-- Sales, each by its publisher's id: the newest edition's word, and of one edition the last record. A
-- deletion takes it out. Only editions in force speak: of a file that is delivered whole again, what the
-- newer one left out is gone. The complete file has every year, so what a newer one left out of an older file
-- of one year is gone too. Not of other files: they may be of a later day than their newest sale tells.
with complete as (
    select max(edition_order) as complete_order
    from edition_in_use
    where register = 'gb_hmlr_price_paid' and dataset = 'pp-complete' and status = 'in_force'
),
ordered as (
    select
        x.*,
        row_number() over (
            partition by x.transaction_id
            -- Of one date the monthly update speaks last, which alone can change and delete; before it the
            -- complete file, other files of the native form, and first of all the report builder's, which
            -- have no status.
            order by
                e.edition_order desc,
                case when x.dataset = 'pp-monthly-update' then 3 when x.dataset = 'pp-complete' then 2 when x.record_status is not null then 1 else 0 end desc,
                x.dataset desc,
                x.record_no desc,
                x.statement_id
        ) as newest
    from transaction_statement x
    join edition_in_use e using (register, dataset, edition)
    cross join complete c
    where e.status = 'in_force'
        and not (
            regexp_matches(x.dataset, '^pp-[0-9]{4}$')
            and c.complete_order is not null
            and e.edition_order < c.complete_order
        )
),
-- A name is compared once, not once a record.
districts as (
    select d.district, coalesce(l.area_name, nullif(area_key(d.district), '')) as area_name, l.area_code
    from (select distinct district from transaction_statement) d
    left join area_list l on l.spelling_key = area_key(d.district)
    where d.district is not null
)
select
    x.transaction_id,
    -- As for titles (title_address.sql), and a flat whose record names none.
    case
        when a.postcode is not null
            and (x.property_type <> 'flat' or x.saon is not null)
            and '|' || a.unit_key || '|' not like '%|FLATS%'
            and ('|' || a.unit_key || '|' not like '%|FLAT|%' or a.unit_key like '%|FLOOR %')
            then replace(a.address_id, 'UT-A-', 'UT-U-')
    end as property_id,
    a.address_id,
    x.price_gbp,
    x.transferred_on,
    x.property_type,
    x.is_new_build,
    x.tenure,
    x.category,
    a.address_text,
    x.postcode,
    d.area_name,
    d.area_code,
    a.statement_id as address_statement_id,
    x.register,
    x.edition,
    x.statement_id
from ordered x
left join address_statement a on a.of_statement_id = x.statement_id and a.role = 'property'
left join districts d on d.district = x.district
where x.newest = 1 and coalesce(x.record_status, 'added') <> 'deleted'
order by x.transaction_id
