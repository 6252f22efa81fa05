-- The district of each postcode in the records held: that of a postcode list; else the one that most property
-- records name; else that of the place which the addresses there name. If several are equally frequent, the
-- first by name. Different spellings of a district count as one.
with spelled as (
    select postcode, district
    from title_statement
    join edition_in_use e using (register, dataset, edition)
    where e.status = 'in_force'
    union all
    select x.postcode, x.district
    from transaction_statement x
    join edition_in_use e using (register, dataset, edition)
    where e.status = 'in_force'
),
known as (
    select
        s.postcode, coalesce(l.area_name, s.spelling_key) as area_name, l.area_code, s.records_n
    from (
        select postcode, area_key(district) as spelling_key, count(*) as records_n
        from spelled
        where postcode is not null and area_key(district) <> ''
        group by postcode, area_key(district)
    ) s
    left join area_list l using (spelling_key)
),
listed as (
    select s.postcode, coalesce(l.area_name, c.area_name, area_key(s.district)) as area_name,
        coalesce(
            l.area_code,
            c.area_code,
            case when regexp_matches(s.district, '^[A-Z][0-9]{8}$') then s.district end
        ) as area_code,
        count(*) as records_n
    from area_statement s
    join edition_in_use e using (register, dataset, edition)
    left join area_list l on l.spelling_key = area_key(s.district)
    left join (
        select area_code, min(area_name) as area_name from area_list group by area_code
    ) c on c.area_code = s.district
    where e.status = 'in_force'
        and s.postcode in (
            select postcode from address_statement
            union all
            select postcode from title_statement
            union all
            select postcode from transaction_statement
        )
    group by 1, 2, 3
),
-- The places that addresses name: in British addresses, pieces between commas without digits and without the
-- postcode; in other home countries, the town. Dover, Delaware is in no district of Kent.
placed as (
    select
        w.postcode,
        split_part(w.postcode, ' ', 1) as outward,
        w.is_property,
        area_key(regexp_replace(
            w.piece, '[(]?[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}[)]?', '', 'g'
        )) as place
    from (
        select distinct
            a.postcode,
            a.role = 'property' as is_property,
            unnest(string_split(upper(a.address_text), ',')) as piece
        from address_statement a
        join edition_in_use e using (register, dataset, edition)
        where a.role in ('registered', 'proprietor', 'property')
            and regexp_matches(a.postcode, '^[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}$')
    ) w
    union all
    select distinct
        a.postcode, split_part(a.postcode, ' ', 1), a.role = 'property', area_key(a.locality)
    from address_statement a
    join edition_in_use e using (register, dataset, edition)
    where a.role in ('registered', 'proprietor', 'property', 'premises')
        and a.country in (select country from home_country where country <> 'gb')
        and a.locality is not null
),
-- A place counts together with the first half of its postcode, because a post town may be in several
-- districts: if at least 19 of 20 postcodes that name it are in one district.
districts_of_places as (
    select outward, place, area_name, area_code
    from (
        select
            p.outward, p.place, k.area_name, k.area_code,
            count(distinct p.postcode) as postcodes_n,
            sum(count(distinct p.postcode)) over (partition by p.outward, p.place) as all_n,
            row_number() over (
                partition by p.outward, p.place order by count(distinct p.postcode) desc, k.area_name
            ) as best
        from placed p
        join known k on k.postcode = p.postcode
        where p.is_property and p.place <> '' and not regexp_matches(p.place, '[0-9]')
        group by p.outward, p.place, k.area_name, k.area_code
    ) c
    where best = 1 and postcodes_n >= 3 and 20 * postcodes_n >= 19 * all_n
),
names as (
    select spelling_key as place, area_name, area_code from area_list
    union
    select area_name, area_name, area_code from known where area_code is null
),
by_place as (
    select p.postcode, d.area_name, d.area_code, 'place' as basis, count(*) as records_n
    from placed p
    join districts_of_places d on d.outward = p.outward and d.place = p.place
    group by p.postcode, d.area_name, d.area_code
    union all
    select p.postcode, n.area_name, n.area_code, 'name', count(*)
    from placed p
    join names n on n.place = p.place
    group by p.postcode, n.area_name, n.area_code
),
ranked as (
    select
        *,
        sum(records_n) over (partition by postcode, basis) as all_n,
        row_number() over (
            partition by postcode
            order by
                case basis when 'list' then 1 when 'register' then 2 when 'place' then 3 else 4 end,
                records_n desc, area_name, area_code
        ) as best
    from (
        select postcode, area_name, area_code, 'register' as basis, sum(records_n) as records_n
        from known
        group by postcode, area_name, area_code
        union all
        select postcode, area_name, area_code, 'list', records_n from listed
        union all
        select postcode, area_name, area_code, basis, records_n from by_place
    ) every
)
select
    postcode,
    area_name,
    area_code,
    case basis when 'name' then 'place' else basis end as basis,
    cast(records_n as bigint) as records_n,
    cast(all_n - records_n as bigint) as others_n
from ranked
where best = 1
