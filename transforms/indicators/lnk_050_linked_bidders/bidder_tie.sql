-- What a bidder may share with another: a control group, a certain beneficial owner, an officer on that day,
-- or an address that is nobody's office for others.
with tie as (
    select subject_id as company_id, control_group_id as shared, 1 as rank_no, 'control_group' as link,
        cast(null as date) as from_on, cast(null as date) as to_on
    from graph_control_group
    union all
    select controller_id, control_group_id, 1, 'control_group', null, null from graph_control_group
    union all
    select subject_id, party_id, 2, 'beneficial_owner', null, null
    from graph_ubo
    where regime in ('AMLR', 'UK') and verdict = 'CERTAIN' and party_id is not null
    union all
    select company_id, party_id, 3, 'officer', from_on, to_on from officer where party_id is not null
    union all
    select c.company_id, a.unit_id, 4, 'address', null, null
    from company c
    join address a on a.address_id = c.address_id
    where a.address_class = 'ordinary'
)
select distinct * from tie where company_id in (select bidder_id from bid_pair)
