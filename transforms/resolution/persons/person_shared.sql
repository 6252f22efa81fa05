-- For each record, the earliest record that shares its locator, its record or number of the registrar, or its
-- key; null if there is none. The registrar's records and numbers are used only if several registers have
-- them, because within one register the locator is enough. Integers in place of texts, so that a country's
-- records fit in memory. Locators are read as texts only if their hash occurs twice.
create or replace temp table person_shared as
with registers as materialized (
    select count(distinct register) as n from person_record where link is not null
),
record as not materialized (
    select
        r.row_no,
        r.register,
        r.dataset,
        r.record,
        r.part,
        hash(r.register, r.dataset, r.record, r.part) as place,
        coalesce(case when n.n > 1 then r.link end, r.officer_number) as registrar,
        r.person_key
    from person_record r
    cross join registers n
),
again as (
    select place from record group by place having count(*) > 1
),
locators as (
    select register, dataset, record, part, min(row_no) as row_no
    from record
    semi join again using (place)
    group by register, dataset, record, part
    having count(*) > 1
),
registrars as (
    select registrar, min(row_no) as row_no from record group by registrar having count(*) > 1
),
keys as (
    select person_key, min(row_no) as row_no from record group by person_key having count(*) > 1
)
select
    r.row_no,
    coalesce(l.row_no, r.row_no) as locator,
    case when r.registrar is not null then coalesce(g.row_no, r.row_no) end as registrar,
    case when r.person_key is not null then coalesce(k.row_no, r.row_no) end as person_key
from record r
left join locators l using (register, dataset, record, part)
left join registrars g using (registrar)
left join keys k using (person_key)
order by r.row_no
