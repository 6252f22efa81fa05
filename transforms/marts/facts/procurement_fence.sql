-- The quartiles of each figure, by the method that Cardinal uses (Hyndman and Fan 1996, definition 8).
with placed as (
    select
        measure,
        value,
        row_number() over (partition by measure order by value, subject_id) as place,
        count(*) over (partition by measure) as values_n
    from procurement_measure
),
wanted as (
    select distinct
        measure,
        values_n,
        (values_n + 0.3333333333333333) * 0.25 + 0.3333333333333333 as place_of_q1,
        (values_n + 0.3333333333333333) * 0.75 + 0.3333333333333333 as place_of_q3
    from placed
),
around as (
    select
        w.measure,
        w.values_n,
        w.place_of_q1 - floor(w.place_of_q1) as rest_of_q1,
        w.place_of_q3 - floor(w.place_of_q3) as rest_of_q3,
        max(p.value) filter (where p.place = greatest(floor(w.place_of_q1), 1)) as below_q1,
        max(p.value) filter (where p.place = least(floor(w.place_of_q1) + 1, w.values_n)) as above_q1,
        max(p.value) filter (where p.place = greatest(floor(w.place_of_q3), 1)) as below_q3,
        max(p.value) filter (where p.place = least(floor(w.place_of_q3) + 1, w.values_n)) as above_q3
    from wanted w
    join placed p using (measure)
    group by w.measure, w.values_n, w.place_of_q1, w.place_of_q3
)
select
    measure,
    values_n,
    below_q1 + cast(rest_of_q1 as double) * (above_q1 - below_q1) as q1,
    below_q3 + cast(rest_of_q3 as double) * (above_q3 - below_q3) as q3
from around
