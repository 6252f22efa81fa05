with found as (
    select * from linked where outcome in ('same_entity', 'control_group', 'beneficial_owner')
),
tied as (
    select distinct o.title_id as subject_id, unnest([o.party_id, o.lender_id]) as company_id, a.shared_id
    from found o
    join company_tie a on a.company_id = o.party_id and a.link = o.outcome and a.is_certain
    join company_tie b
        on b.company_id = o.lender_id and b.link = o.outcome and b.shared_id = a.shared_id and b.is_certain
),
joining as (
    select t.subject_id, i.interest_id
    from tied t
    join group_interest i using (company_id, shared_id)
    union
    select t.subject_id, unnest(u.witness)
    from tied t
    join graph_ubo u on u.subject_id = t.company_id and u.party_id = t.shared_id
    where u.regime in ('AMLR', 'UK') and u.verdict = 'CERTAIN'
)
select
    title_id as subject_id, 'charge' as role, charge_statement_id as statement_id,
    'charge_statement.lender_name' as field
from found
union all
select title_id, 'proprietor added', statement_id, 'proprietorship_statement.added_on' from found
union all
select o.title_id, 'lender in its register', c.statement_id, 'entity_statement.name'
from found o
join company c on c.company_id = o.lender_id
union all
select subject_id, 'interest that joins them', interest_id, 'interest_statement.share_min'
from joining
