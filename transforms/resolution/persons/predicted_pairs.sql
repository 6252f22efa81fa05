-- The pairs that Splink predicts, with the columns of the left side that the merging rules need. expected_n:
-- records expected by chance with this full name and month of birth, if the parts of a name are independent.
with month as (
    select birth_year, birth_month, count(*) as month_n
    from person_stated
    where birth_month is not null
    group by birth_year, birth_month
)
select
    p.unique_id_l as left_id,
    p.unique_id_r as right_id,
    p.anchor_no_l as left_anchor,
    p.anchor_no_r as right_anchor,
    round(p.match_probability, 6) as probability,
    round(p.match_weight, 4) as weight,
    m.month_n
        * greatest(p.tf_forename_l, p.tf_forename_r)
        * greatest(p.tf_middle_l, p.tf_middle_r)
        * greatest(p.tf_surname_l, p.tf_surname_r) as expected_n,
    p.forename_l as forename,
    p.middle_l as middle,
    p.surname_l as surname,
    {details}
from {predicted} p
left join month m on m.birth_year = p.birth_year_l and m.birth_month = p.birth_month_l
order by left_id, right_id
