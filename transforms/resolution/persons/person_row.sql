-- Records of persons in the form of the mart `resolution`. The method says what joins the record itself to
-- its person: a key that no other record of the person has is not a match.
create or replace temp table person_row as
with shared_key as (
    select p.person_no, s.person_key
    from person_placed p
    join person_shared s using (row_no)
    where s.person_key is not null
    group by p.person_no, s.person_key
    having min(s.locator) <> max(s.locator)
),
joined as (
    select
        p.*,
        case
            when p.came and p.is_judged then 'judgement'
            when p.link_score is not null and (p.came or k.person_key is null) then 'linkage'
            when k.person_key is not null then 'name_birth_address'
            else 'record'
        end as method
    from person_placed p
    join person_shared s using (row_no)
    left join shared_key k on k.person_no = p.person_no and k.person_key = s.person_key
)
select
    i.party_id,
    r.register,
    r.edition,
    r.record,
    r.statement_id,
    j.method,
    case
        when j.method in ('judgement', 'name_birth_address') then 1.0
        when j.method = 'linkage' then j.link_score
        else coalesce(o.probability, 0.0)
    end as score,
    c.party_id as candidate_id
from person_record r
join joined j using (row_no)
join person_party i on i.anchor_no = j.person_no
left join person_other o on o.anchor_no = j.person_no
left join person_party c on c.anchor_no = o.other_no
