with surges as (
    select a.*
    from acquired a
    join fence f using (acquirer_id)
    where f.titles_n >= $n and f.titles_n > f.fence and f.acquirers_n >= 20
),
others as (
    select
        s.title_id,
        o.statement_id,
        row_number() over (
            partition by s.title_id order by o.added_on desc, o.statement_id
        ) as nth
    from (select distinct title_id, acquirer_id from surges) s
    join surges o on o.acquirer_id = s.acquirer_id and o.title_id <> s.title_id
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
select s.title_id, 'interest that joins them', e.interest_id, 'interest_statement.share_min'
from surges s
join graph_edge e on e.subject_id = s.party_id and e.interest_id is not null
where s.is_group
