-- What a bidder may share with another: a control group, a certain beneficial owner, an officer on that day,
-- or an address that is not an office for others.
with tie as (
    select
        company_id, shared_id as shared, case link when 'control_group' then 1 else 2 end as rank_no, link,
        cast(null as date) as from_on, cast(null as date) as to_on
    from company_tie
    where is_certain
    union all
    select company_id, party_id, 3, 'officer', from_on, to_on from officer where party_id is not null
    union all
    select c.company_id, a.unit_id, 4, 'address', null, null
    from company c
    join address a on a.address_id = c.address_id
    where a.address_class = 'ordinary'
)
select distinct * from tie where company_id in (select bidder_id from bid_pair)
