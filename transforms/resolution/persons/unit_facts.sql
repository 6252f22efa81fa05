-- The facts of each record whose party-to-be may have two persons, if its records do not all state the same.
with stated as (
    select
        c.anchor_no,
        c.unit,
        f.birth_year::int * 12 + f.birth_month as month,
        f.forename,
        f.middle,
        f.words
    from person_feature f
    join chained_row c using (row_no)
),
varied as (
    select anchor_no
    from stated
    group by anchor_no
    having min(hash(month, forename, middle, words)) <> max(hash(month, forename, middle, words))
)
select * from stated semi join varied using (anchor_no)
