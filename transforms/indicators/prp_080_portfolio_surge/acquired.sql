-- Titles acquired within the last `days` days, each with its acquirer: the control group of the proprietor,
-- else the proprietor. Public and exempt ones, with their whole group, are left out.
with grouped as (
    select company_id as member_id, min(shared_id) as control_group_id
    from company_tie
    where link = 'control_group'
    group by company_id
),
joined as (
    select
        p.title_id,
        p.party_id,
        p.proprietor_name,
        p.added_on,
        p.statement_id,
        coalesce(g.control_group_id, p.party_id) as acquirer_id,
        g.control_group_id is not null as is_group
    from proprietorship p
    left join grouped g on g.member_id = p.party_id
),
exempted as (
    select coalesce(g.control_group_id, x.entity_id) as acquirer_id
    from exempt x
    left join grouped g on g.member_id = x.entity_id
)
select *
from joined
where added_on <= $as_of
    and date_diff('day', added_on, $as_of) <= $days
    and acquirer_id not in (select acquirer_id from exempted)
