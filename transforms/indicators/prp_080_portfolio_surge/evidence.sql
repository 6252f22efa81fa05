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
select distinct t.subject_id, 'interest that joins them', i.interest_id, 'interest_statement.share_min'
from tied t
join group_interest i using (company_id, shared_id)
