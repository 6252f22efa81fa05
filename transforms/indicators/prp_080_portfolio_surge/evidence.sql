with surges as (
    select a.*
    from acquired a
    join fence f using (acquirer_id)
    where f.titles_n >= $n and f.titles_n > f.fence and f.acquirers_n >= 20
),
others as (
    select
        s.title_id,
        o.party_id,
        o.acquirer_id,
        o.is_group,
        o.statement_id,
        row_number() over (
            partition by s.title_id order by o.added_on desc, o.statement_id
        ) as nth
    from (select distinct title_id, acquirer_id from surges) s
    join surges o on o.acquirer_id = s.acquirer_id and o.title_id <> s.title_id
),
tied as (
    select title_id as subject_id, party_id as company_id, acquirer_id as shared_id
    from surges
    where is_group
    union
    select title_id, party_id, acquirer_id from others where is_group and nth <= 20
),
-- The companies, and the holders between them and the controller of the group.
rung as (
    select subject_id, shared_id, company_id as held_id from tied
    union
    select t.subject_id, t.shared_id, c.party_id
    from tied t
    join graph_control c on c.subject_id = t.company_id and c.verdict = 'CERTAIN' and c.kind = 'control'
),
joining as (
    select distinct r.subject_id, e.interest_id
    from rung r
    join graph_edge e on e.subject_id = r.held_id and e.interest_id is not null
    join company_tie g
        on g.company_id = e.party_id and g.shared_id = r.shared_id and g.link = 'control_group'
)
select
    title_id as subject_id, 'proprietor added' as role, statement_id,
    'proprietorship_statement.added_on' as field
from surges
union all
select title_id, 'acquired in the same time', statement_id, 'proprietorship_statement.added_on'
from others
where nth <= 20
union all
select subject_id, 'interest that joins them', interest_id, 'interest_statement.share_min'
from joining
