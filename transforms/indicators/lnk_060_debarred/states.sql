with held as (
    select count(*) > 0 as has_list from listing where listing_class = 'debarment'
),
ranked as (
    select
        c.subject_id,
        c.link,
        d.is_candidate,
        d.is_stopped,
        d.list_name,
        row_number() over (
            partition by c.subject_id
                order by d.is_candidate, d.is_stopped desc, c.rank_no, d.list_name, c.party_id
        ) as first_row
    from tied c
    join debarred d on d.party_id = c.party_id
)
select
    a.subject_id,
    case
        when r.subject_id is not null then 'flagged'
        when h.has_list then 'not_flagged'
        else 'not_assessable'
    end as state,
    case when r.subject_id is null and not h.has_list then 'no_debarment_list' end as reason,
    case when r.is_candidate then 'candidate' else r.link end as subtype,
    case when r.is_stopped then 'stop' end as lane,
    case
        when r.subject_id is not null
            then concat_ws('',
                case
                    when r.link = 'listed' and r.is_candidate then 'may itself be'
                    when r.link = 'listed' then 'is itself'
                    else concat_ws(' ',
                        case r.link
                            when 'controller' then 'is certainly controlled by a party that'
                            when 'owner' then 'has an owner who'
                            when 'director' then 'has a director who'
                            else 'certainly controls an entity that'
                        end,
                        case when r.is_candidate then 'may be' else 'is' end
                    )
                end,
                ' on a list of parties debarred from public contracts (', r.list_name, ')',
                case
                    when r.is_candidate
                        then ', if a candidate of screening is the party listed; nobody has confirmed that'
                end
            )
    end as finding
from listable_entity a
cross join held h
left join ranked r on r.subject_id = a.subject_id and r.first_row = 1
