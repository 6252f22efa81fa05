-- Titles in editions in force, and titles known only from proprietors in earlier editions (is_former).
with unit as (
    select title_id, address_id
    from title_address
    where rowid in (from rows_of('title_address.title_id', $ids))
)
select
    title_id as id, coalesce(address_text, cadastral_name) as name, tenure, cadastral_name, price_paid_gbp,
    price_paid_eur, price_covers_several, units_n, area_name, area_code,
    register, edition,
    cast(null as boolean) as is_former
from title
where rowid in (from rows_of('title.title_id', $ids))
union all
select
    p.title_id, min(a.address_text), null, null, null, null, null, null,
    min(a.area_name), arg_min(a.area_code, a.area_name), max(p.register), max(p.edition),
    true
from proprietorship p
left join unit x on x.title_id = p.title_id
left join v_address a on a.address_id = x.address_id
where
    p.rowid in (from rows_of('proprietorship.title_id', $ids))
    and p.title_id not in (select title_id from title where rowid in (from rows_of('title.title_id', $ids)))
group by p.title_id
order by id
