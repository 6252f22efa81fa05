-- Links between two members of one case, of each two and kind the most certain statement, of equally certain
-- ones the first by id. A party that was resolved without confirmation makes its link possible.
with found as (
    select
        a.case_id,
        c.from_id,
        c.to_id,
        c.kind,
        case
            when coalesce(r.method, p.method) in (select unnest($unconfirmed)) then 'possible'
            else c.certainty
        end as certainty,
        c.statement_id
    from case_candidate c
    join member a on a.subject_id = c.from_id
    join member b on b.subject_id = c.to_id and b.case_id = a.case_id
    left join relationship s on s.statement_id = c.statement_id
    left join resolution r on r.statement_id = s.party_statement_id
    left join proprietorship p on p.statement_id = c.statement_id
)
select case_id, from_id, to_id, kind, certainty, statement_id
from found
qualify row_number() over (
    partition by case_id, from_id, to_id, kind order by certainty, statement_id nulls first
) = 1
