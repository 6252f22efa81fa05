-- Sales of the price registers, and deeds of land registers by which legal entities acquired a title for a
-- sum. A sale of a price register has one row, by the publisher's id: the version in the newest edition, and
-- within an edition the last record. A deletion removes the sale. Only editions in force count: if a whole
-- file is delivered again without a sale, the sale is gone. The complete file covers every year, so a sale
-- that a newer complete file lacks is also removed from an older file of one year. This does not hold for
-- other files, which may be later than their newest sale shows.
with complete as (
    select max(edition_order) as complete_order
    from edition_in_use
    where dataset = 'pp-complete' and status = 'in_force'
),
in_force as not materialized (
    select x.*, e.edition_order
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
-- Few sales are in several records, so only those records are compared.
repeated as (
    select transaction_id from in_force group by transaction_id having count(*) > 1
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
                x.edition_order desc,
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
    from in_force x
    where x.transaction_id in (select transaction_id from repeated)
),
sold as (
    select * from in_force where transaction_id not in (select transaction_id from repeated)
    union all
    select * exclude (newest) from ordered where newest = 1
),
-- Compare each distinct name once, not once for each record.
districts as (
    select d.district, coalesce(l.area_name, nullif(area_key(d.district), '')) as area_name, l.area_code
    from (select distinct district from transaction_statement) d
    left join area_list l on l.spelling_key = area_key(d.district)
    where d.district is not null
),
-- The share of each right in a title that a deed gave to legal entities. A joint share counts once.
acquired as (
    select
        deed_id, title_id, right_id, sum(share) as share, min(statement_id) as statement_id,
        min(added_on) as transferred_on, max(deed_sum_eur) as price_eur
    from (
        select
            deed_id, title_id, right_id, joint_share_id, min(statement_id) as statement_id,
            min(added_on) as added_on, max(deed_sum_eur) as deed_sum_eur,
            max(cast(share_numerator as double) / nullif(share_denominator, 0)) as share
        from proprietorship
        where deed_sum_eur > 0 and added_on is not null
        group by deed_id, title_id, right_id, joint_share_id, coalesce(joint_share_id, statement_id)
    )
    group by deed_id, title_id, right_id
),
deeds as (
    select
        deed_id, title_id, min(statement_id) as statement_id, min(transferred_on) as transferred_on,
        max(price_eur) as price_eur, coalesce(min(share) > 0.999, false) as is_whole,
        count(*) over (partition by deed_id) as titles_n
    from acquired
    group by deed_id, title_id
),
-- The single address of a title, and the premises there.
title_place as (
    select
        t.title_id, min(t.property_id) as property_id, min(t.address_id) as address_id,
        min(t.statement_id) as statement_id, max(p.built_year) as built_year,
        bool_or(list_contains(p.uses, 'dwelling')) as is_dwelling
    from title_address t
    left join premises p on p.object_id = t.object_id and p.valid_to is null
    where t.title_id in (select title_id from deeds)
    group by t.title_id
    having count(distinct t.address_id) = 1
),
deed_address as (
    select statement_id, address_text, postcode
    from address_statement
    where statement_id in (select statement_id from title_place)
),
-- As in title_address.sql, but without the unit key, so that the join has narrow rows.
sold_address as (
    select
        of_statement_id,
        statement_id,
        address_id,
        address_text,
        postcode is not null
            and '|' || unit_key || '|' not like '%|FLATS%'
            and ('|' || unit_key || '|' not like '%|FLAT|%' or unit_key like '%|FLOOR %') as is_one_unit
    from address_statement
    where role = 'property'
)
select
    x.transaction_id,
    cast(null as varchar) as title_id,
    -- A flat whose record has no number is not a property either.
    case
        when a.is_one_unit and (x.property_type <> 'flat' or x.saon is not null)
            then replace(a.address_id, 'UT-A-', 'UT-U-')
    end as property_id,
    a.address_id,
    x.price_gbp,
    x.price_gbp as price,
    'GBP' as currency,
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
from sold x
left join (select distinct register, territory from register_role) t on t.register = x.register
left join sold_address a on a.of_statement_id = x.statement_id
left join districts d on d.district = x.district
left join area g on g.postcode = x.postcode
where coalesce(x.record_status, 'added') <> 'deleted'
union all
select
    concat_ws('-', d.deed_id, regexp_extract(d.title_id, '[^-]+$')),
    d.title_id,
    l.property_id,
    l.address_id,
    null,
    d.price_eur,
    'EUR',
    d.transferred_on,
    -- Land registers do not state the kind of house; a home with its own title in a building is a flat.
    case when l.is_dwelling and t.land_area_m2 is null then 'flat' else 'other' end,
    l.built_year >= year(d.transferred_on) - 1,
    coalesce(t.tenure, 'unknown'),
    case
        when d.is_whole and d.titles_n = 1
            and not (coalesce(t.price_covers_several, false) and t.price_paid_eur = d.price_eur)
            then 'standard'
        else 'additional'
    end,
    a.address_text,
    a.postcode,
    t.area_name,
    t.area_code,
    l.statement_id,
    p.territory,
    p.register,
    p.edition,
    d.statement_id
from deeds d
join proprietorship p using (statement_id)
left join title t on t.title_id = d.title_id
left join title_place l on l.title_id = d.title_id
left join deed_address a on a.statement_id = l.statement_id
