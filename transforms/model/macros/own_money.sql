with members as (
    select distinct g.member_id as party_id
    from (
        select control_group_id, subject_id as member_id from graph_control_group
        union
        select control_group_id, controller_id from graph_control_group
    ) g
    where g.control_group_id in (
        select control_group_id from graph_control_group where subject_id = id or controller_id = id
    )
),
same_owner as (
    select distinct o.subject_id as party_id
    from graph_ubo o
    where o.regime in ('AMLR', 'UK')
        and o.verdict = 'CERTAIN'
        and o.party_id in (
            select party_id
            from graph_ubo
            where subject_id = id
                and regime in ('AMLR', 'UK')
                and verdict = 'CERTAIN'
                and party_id is not null
        )
),
own as (
    select party_id, 'control_group' as link from members where party_id <> id
    union all
    select party_id, 'beneficial_owner' from same_owner
    where party_id <> id and party_id not in (select party_id from members)
),
came as (
    select f.payer_id as source_id, f.kind, f.flowed_on as day, f.amount, f.currency, f.statement_id
    from flow f
    where f.payee_id = id and f.status = 'paid'
    union all
    select lender_id, 'loan', created_on, amount_secured, currency, statement_id
    from charge
    where borrower_id = id and kind <> 'attachment' and title_position = 1
)
select c.source_id, e.name as source_name, o.link, c.kind, c.day, c.amount, c.currency, c.statement_id
from came c
join own o on o.party_id = c.source_id
left join entity e on e.entity_id = c.source_id
order by c.day nulls last, c.statement_id
