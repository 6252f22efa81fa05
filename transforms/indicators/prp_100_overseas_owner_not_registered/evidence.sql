with overseas as (
    select p.title_id, p.statement_id, p.party_statement_id, t.statement_id as title_statement_id
    from proprietorship p
    join title t using (title_id)
    join entity n on n.entity_id = p.party_id
    left join resolution r on r.statement_id = p.party_statement_id
    where p.ended_on is null
        and p.territory = 'gb'
        and not starts_with(p.party_id, 'GB-COH-')
        and not starts_with(coalesce(r.candidate_id, ''), 'GB-COH-')
        and t.tenure = 'freehold'
        and split_part(n.jurisdiction, '-', 1) <> 'gb'
        and p.added_on between date '1999-01-01' and $as_of
)
select
    title_id as subject_id, 'proprietor added' as role, statement_id,
    'proprietorship_statement.added_on' as field
from overseas
union all
select title_id, 'proprietor as the title names it', party_statement_id, 'entity_statement.name'
from overseas
union all
select title_id, 'country of incorporation', party_statement_id, 'entity_statement.jurisdiction'
from overseas
union all
select title_id, 'tenure', title_statement_id, 'title_statement.tenure' from overseas
