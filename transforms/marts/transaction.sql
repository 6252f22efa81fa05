-- Sales, each once by the publisher's id: the version in the newest edition, and within an edition the last
-- record. A deletion removes the sale. Only editions in force count: if a whole file is delivered again
-- without a sale, the sale is gone. The complete file covers every year, so a sale that a newer complete file
-- lacks is also gone from an older file of one year. This does not hold for other files, which may be later
-- than their newest sale shows.
with complete as (
    select max(edition_order) as complete_order
    from edition_in_use
    where dataset = 'pp-complete' and status = 'in_force'
),
ordered as (
    select
        x.*,
        row_number() over (
            partition by x.transaction_id
            -- On the same date the monthly update comes last, because only it can change and delete. Before
            -- it come the complete file, then other files of the native format, then files of the report
            -- builder, which have no status.
            order by
                e.edition_order desc,
                case
                    when x.dataset = 'pp-monthly-update' then 3
                    when x.dataset = 'pp-complete' then 2
                    when x.record_status is not null then 1
                    else 0
                end desc,
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
-- Compare each name once, not once for each record.
districts as (
    select d.district, coalesce(l.area_name, nullif(area_key(d.district), '')) as area_name, l.area_code
    from (select distinct district from transaction_statement) d
    left join area_list l on l.spelling_key = area_key(d.district)
    where d.district is not null
)
select
    x.transaction_id,
    -- As in title_address.sql; also excludes a flat whose record has no number.
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
    coalesce(d.area_name, g.area_name) as area_name,
    case when d.area_name is null then g.area_code else d.area_code end as area_code,
    a.statement_id as address_statement_id,
    t.territory,
    x.register,
    x.edition,
    x.statement_id
from ordered x
left join (select distinct register, territory from register_role) t on t.register = x.register
left join address_statement a on a.of_statement_id = x.statement_id and a.role = 'property'
left join districts d on d.district = x.district
left join area g on g.postcode = x.postcode
where x.newest = 1 and coalesce(x.record_status, 'added') <> 'deleted'
order by x.transaction_id
