-- Addresses of the statements in `address_wanted`, with unit and postcode if they are evidence for a link:
-- not a listed address or a part of one, not the seat of many, and not care of somebody else. A Royal Mail
-- postcode gives the country of an address that states none, except the postcodes of islands outside the
-- United Kingdom.
with mine as (
    select
        a.of_statement_id as statement_id,
        a.address_id,
        a.unit_key,
        a.postcode,
        a.country,
        {in_care} as is_in_care
    from address_statement a
    where a.role <> 'property'
        and not {only_fills}
        and a.of_statement_id in (select statement_id from address_wanted)
),
of_many as (
    select address_id from seat_of_many
    union
    select m.address_id
    from (select distinct address_id, unit_key from mine) m
    join address_class_list l on {in_listed_unit}
),
judged as (
    select
        *,
        not is_in_care and coalesce(
            address_id not in (select address_id from of_many where address_id is not null), true
        ) as links,
        regexp_full_match(postcode, '{uk_postcode}')
            and left(postcode, 2) not in ('JE', 'GY', 'IM') as is_british
    from mine
)
select distinct
    statement_id,
    coalesce(country, case when is_british then 'gb' end) as address_country,
    case when links then address_id end as unit,
    case when links then postcode end as postcode
from judged
order by all
