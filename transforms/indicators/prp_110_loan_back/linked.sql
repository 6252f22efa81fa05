-- Charges with what lender and proprietor share: they are the same party, in one control group, or of one
-- owner. The lenders' groups are looked up first, because a group may have thousands of members.
with lending as materialized (
    select distinct o.lender_id, o.party_id, t.link, t.shared_id
    from on_title o
    join company_tie t on t.company_id = o.lender_id and t.is_certain
),
tied as (
    select l.lender_id, l.party_id, max(l.link) as link
    from lending l
    join company_tie t
        on t.company_id = l.party_id and t.is_certain and t.link = l.link and t.shared_id = l.shared_id
    group by l.lender_id, l.party_id
)
select
    o.*,
    case
        when o.lender_id is null and o.lender_kind in ('conduit', 'public') then 'miss'
        when o.lender_id is null then 'lender_not_known'
        when o.lender_id = o.party_id then 'same_entity'
        else coalesce(t.link, 'miss')
    end as outcome
from on_title o
left join tied t using (lender_id, party_id)
