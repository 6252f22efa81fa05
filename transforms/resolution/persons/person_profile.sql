-- One row for each way in which a party-to-be is written, of so many parties-to-be at once, as lists do not
-- spill. partners: hashes (person_partner.sql).
select
    min(f.row_no) as unique_id,
    a.anchor_no,
    f.forename,
    f.middle,
    f.surname,
    f.forename_key,
    f.surname_key,
    f.words,
    f.birth_year,
    f.birth_month,
    f.address,
    min(f.postcode) as postcode,
    coalesce(list_sort(list(distinct s.partner) filter (s.partner is not null)), []) as partners
from person_feature f
join person_anchor a using (row_no)
left join person_partner s using (row_no)
where a.anchor_no >= {start} and a.anchor_no < {start} + {anchors_n}
group by
    a.anchor_no,
    f.forename,
    f.middle,
    f.surname,
    f.forename_key,
    f.surname_key,
    f.words,
    f.birth_year,
    f.birth_month,
    f.address
