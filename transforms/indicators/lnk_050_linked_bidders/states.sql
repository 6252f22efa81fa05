with hits as (
    select
        *,
        row_number() over (
            partition by bidder_id order by rank_no, bid_on desc, process_id, other_id
        ) as first_row,
        count(distinct process_id) over (partition by bidder_id) as tenders_n
    from (
        select distinct bidder_id, process_id, tender_name, bid_on, other_id, other_name, link, rank_no
        from linked
    ) l
),
bidders as (
    select bidder_id, bool_or(other_id is null) as has_unknown from bid_pair group by bidder_id
)
select
    b.bidder_id as subject_id,
    case
        when h.bidder_id is not null then 'flagged'
        when b.has_unknown then 'not_assessable'
        else 'not_flagged'
    end as state,
    case when h.bidder_id is null and b.has_unknown then 'bidder_not_known' end as reason,
    h.link as subtype,
    h.tenders_n as value,
    'tenders' as unit,
    h.tender_name,
    h.other_name,
    case h.link
        when 'control_group' then 'are of one control group'
        when 'beneficial_owner' then 'share a beneficial owner'
        when 'officer' then 'had an officer in common'
        when 'address' then 'have the same address'
    end as link_words,
    case when h.tenders_n = 1 then 'tender' else 'tenders' end as tender_word
from bidders b
left join hits h on h.bidder_id = b.bidder_id and h.first_row = 1
