-- One row for each distinct spelling of a party-to-be, by its earliest record, for a range of parties-to-be
-- at once, because DuckDB cannot spill lists to disk. Spellings are compared by hash, so that the texts are
-- not carried along. partners: hashes (person_partner.sql).
with hashed as (
    select
        row_no,
        a.anchor_no,
        f.postcode,
        hash(
            f.forename,
            f.middle,
            f.surname,
            f.forename_key,
            f.surname_key,
            f.words,
            f.birth_year,
            f.birth_month,
            f.address
        ) as written
    from person_feature f
    join person_anchor a using (row_no)
    where a.anchor_no >= {start} and a.anchor_no < {start} + {anchors_n}
),
profile as (
    select anchor_no, written, min(row_no) as unique_id, min(postcode) as postcode
    from hashed
    group by anchor_no, written
),
held as (
    select distinct p.unique_id, s.partner
    from person_partner s
    join hashed h using (row_no)
    join profile p using (anchor_no, written)
),
partner as (
    select unique_id, list(partner order by partner) as partners from held group by unique_id
)
select
    p.unique_id,
    p.anchor_no,
    f.forename,
    f.middle,
    f.surname,
    f.forename_key,
    f.surname_key,
    f.words,
    f.birth_year,
    f.birth_month,
    f.address,
    p.postcode,
    coalesce(s.partners, []) as partners
from person_feature f
join profile p on p.unique_id = f.row_no
left join partner s using (unique_id)
