-- Buildings without a postcode that are written with and without their PO box, which are one unit. Only if
-- four of five seats with a box there have that box (own), because several agents may share a building. A bay
-- or an estate is not a building.
with seat as (
    select
        a.address_id,
        a.unit_key,
        regexp_extract(a.unit_key, '^[^|]+[|][a-z]{2}[|]') as place,
        concat_ws('', ' ', regexp_replace(upper(a.address_text), '[^A-Z0-9]+', ' ', 'g'), ' ') as words
    from address_statement a
    join edition_in_use e using (register, dataset, edition)
    where e.status = 'in_force' and a.role = 'registered' and a.address_id is not null
        and regexp_matches(a.unit_key, '^[^|]+[|][a-z]{2}[|]')
),
building as (
    select distinct address_id, place, concat_ws('', ' ', substr(unit_key, length(place) + 1), ' ') as words
    from seat
    where regexp_matches(
        unit_key,
        '^[^|]+[|][a-z]{2}[|][^|0-9]+ (BUILDINGS?|CENTRE|CHAMBERS|COURT|HALL|HOUSE|MALL|PLACE|PLAZA|TOWERS?)$'
    )
),
with_box as (
    select address_id, place, words, count(*) as seats_n
    from seat
    where contains(unit_key, '|POBOX ')
    group by address_id, place, words
),
written as (
    select b.address_id, x.address_id as unit_id, sum(x.seats_n) as seats_n
    from building b
    join with_box x on x.place = b.place and contains(x.words, b.words)
    group by b.address_id, x.address_id
),
ranked as (
    select
        *,
        sum(seats_n) over (partition by address_id) as all_n,
        row_number() over (partition by address_id order by seats_n desc, unit_id) as best
    from written
)
select address_id, unit_id
from ranked
where best = 1 and seats_n >= 3 and 5 * seats_n >= 4 * all_n
