-- The facts of the anchors that are clustered. Listed and protected persons are never compared, but may be
-- judged, so for judged anchors births are read from the statements.
with judged_person as (
    select a.anchor_no, r.statement_id
    from person_record r
    join person_anchor a using (row_no)
    semi join judged_anchor using (anchor_no)
),
stated as (
    select anchor_no, birth_year as year, birth_month as month, forename, middle, words
    from person_profile
    semi join clustering_anchor using (anchor_no)
    union all by name
    select j.anchor_no, p.birth_year as year, p.birth_month as month
    from person_statement p
    join judged_person j using (statement_id)
    union all by name
    select anchor_no, try_cast(left(birth, 4) as int) as year, try_cast(substr(birth, 6, 2) as int) as month
    from (
        select j.anchor_no, unnest(p.further_births) as birth
        from person_statement p
        join judged_person j using (statement_id)
    )
)
select
    anchor_no,
    list(distinct year * 12 + month) as months,
    list(distinct year) filter (month is null) as years,
    list(distinct forename) as forenames,
    list(distinct middle) as middles,
    list(distinct words) as words
from stated
group by anchor_no
order by anchor_no
