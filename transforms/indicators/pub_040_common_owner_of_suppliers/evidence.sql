with lines as (
    select
        g.control_group_id,
        f.payee_id,
        f.statement_id,
        row_number() over (
            partition by g.control_group_id, f.payee_id order by f.flowed_on desc, f.statement_id
        ) as nth
    from flow f
    join graph_control_group g on g.subject_id = f.payee_id
    where f.payee_kind in ('company', 'unclassified')
        and f.kind = 'payment'
        and f.status = 'paid'
        and f.category is not null
        and f.flowed_on <= $as_of
)
select
    control_group_id as subject_id, 'payment' as role, statement_id, 'flow_statement.amount' as field
from lines
where nth <= 20
union all
select l.control_group_id, 'interest that joins them', e.interest_id, 'interest_statement.share_min'
from (select distinct control_group_id, payee_id from lines) l
join graph_edge e on e.subject_id = l.payee_id and e.interest_id is not null
