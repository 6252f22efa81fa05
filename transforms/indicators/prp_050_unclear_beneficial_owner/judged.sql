-- Proprietors of titles, each with the greatest possible sum of its owners' declared shares, and the outcome.
with sums as (
    select subject_id, sum(share_max) as share_max, bool_or(is_exclusive) as is_exclusive
    from holders_added
    group by subject_id
    union all
    select subject_id, sum(share_max), bool_or(is_exclusive) from holders_direct group by subject_id
),
ordered as (
    select
        *,
        row_number() over (partition by subject_id order by share_max, is_exclusive desc) as least_row
    from sums
),
together as (
    select subject_id, share_max, is_exclusive from ordered where least_row = 1
),
-- Including those who control without a share.
named as (
    select subject_id, count(*) as holders_n from holders group by subject_id
),
above as (
    select
        subject_id,
        bool_or(mark = 'protected_party') as has_protected,
        bool_or(mark = 'held_by_trust_or_firm') as has_arrangement,
        bool_or(mark = 'owner_in_no_register') as has_unheld,
        bool_or(mark = 'owners_record_rejected') as has_rejected,
        bool_or(mark = 'person_without_right') as has_rightless
    from graph_reach
    where subject_id in (select subject_id from declaring)
    group by subject_id
)
select
    p.*,
    coalesce(g.share_max, 0) as share_max,
    coalesce(g.is_exclusive, false) as is_exclusive,
    coalesce(d.holders_n, 0) as holders_n,
    case
        when p.not_covered is not null then p.not_covered
        when g.share_max > $share or (g.share_max = $share and not g.is_exclusive) then 'miss'
        when a.has_protected then 'protected'
        when u.subject_id is not null
            or a.has_rightless
            or p.party_id in (
                select subject_id from mark where mark = 'person_without_right'
            ) then 'right_not_known'
        when a.has_rejected or j.subject_id is not null then concat_ws('', 'rejected:', k.register)
        when a.has_arrangement then 'trust_or_firm'
        when a.has_unheld then 'owner_not_held'
        when edition_gap(k.gap, k.edition_on, p.titles_on) is not null
            then edition_gap(k.gap, k.edition_on, p.titles_on)
        else 'hit'
    end as outcome
from covered p
left join together g on g.subject_id = p.party_id
left join named d on d.subject_id = p.party_id
left join above a on a.subject_id = p.party_id
left join role_held k on k.territory = p.territory and k.role = 'owners'
left join rejected_subject j on j.subject_id = p.party_id and j.register = k.register
left join marked u on u.subject_id = p.party_id and u.mark = 'right_not_known'
