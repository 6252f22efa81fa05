-- The person of each record, by its earliest record. link_score: score of the strongest pair that joined the
-- record's party-to-be with others.
create or replace temp table person_placed as
select
    a.row_no,
    coalesce(m.person_no, a.anchor_no) as person_no,
    a.anchor_no <> coalesce(m.person_no, a.anchor_no) as came,
    m.link_score,
    coalesce(m.is_judged, false) as is_judged
from person_anchor a
left join moved_anchor m using (anchor_no)
order by a.row_no
