with on_title as (
    select p.title_id, p.party_id, p.statement_id, h.lender_id, h.statement_id as charge_statement_id
    from proprietorship p
    join charge h
        on h.borrower_id = p.party_id
        and (
            h.title_id = p.title_id
            or (
                h.title_id is null
                and p.added_on is not null
                and date_diff('day', p.added_on, h.created_on) between 0 and $days
            )
        )
    where p.ended_on is null
        and h.status <> 'satisfied'
        and h.lender_id is not null
        and coalesce(h.created_on <= $as_of, true)
)
select
    title_id as subject_id, 'charge' as role, charge_statement_id as statement_id,
    'charge_statement.lender_name' as field
from on_title
union all
select title_id, 'proprietor added', statement_id, 'proprietorship_statement.added_on' from on_title
union all
select o.title_id, 'lender in its register', c.statement_id, 'entity_statement.name'
from on_title o
join company c on c.company_id = o.lender_id
union all
select o.title_id, 'interest that joins them', e.interest_id, 'interest_statement.share_min'
from (
    select title_id, party_id as company_id from on_title
    union
    select title_id, lender_id from on_title
) o
join graph_edge e on e.subject_id = o.company_id
order by subject_id, role, statement_id, field
