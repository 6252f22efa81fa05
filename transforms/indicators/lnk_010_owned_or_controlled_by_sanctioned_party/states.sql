with held as (
    select count(*) > 0 as has_list from listing where listing_class = 'sanction'
),
candidate as (
    select subject_id from mark where mark = 'sanctioned_candidate'
),
cascade as (
    select
        subject_id, regime, party_set, way, lower(verdict) as verdict,
        coalesce(share_min, share_max) as share,
        case regime
            when 'EU' then 'the European Union'
            when 'OFAC' then 'OFAC'
            else 'the United Kingdom'
        end as regime_words,
        case when regime = 'UK' then 'more than' else 'at least' end as bar_words
    from graph_cascade
),
own as (
    select
        party_id as subject_id,
        coalesce(min(case when is_binding then list_name end), min(list_name)) as list_name,
        count(distinct list_name) - 1 as others_n
    from listing
    where is_open and listing_class = 'sanction'
    group by party_id
),
-- Each regime has its own result, share and way.
by_regime as (
    select
        *,
        concat_ws('', regime_words, ' (',
            case
                when way = 'control' then 'by votes or the board'
                when verdict = 'certain'
                    then concat_ws(
                        '', 'counted share ',
                        least_words(share, regime = 'UK' and share <= $share), ' per cent'
                    )
                else concat_ws(
                    '', 'counted share may reach ',
                    cast(cast(ceil(share * 100) / 100 as decimal(5, 2)) as varchar), ' per cent'
                )
            end, ')') as words
    from cascade
    where party_set = 'sanctioned_candidate'
),
-- Subjects with which the law here may forbid dealing: on a list that binds this authority, or certainly
-- owned or controlled, under the rule of a binding regime, by parties on such lists alone.
stopped as (
    select subject_id, case mark when 'sanctioned_binding' then 'listed' else 'candidate' end as subtype
    from mark
    where mark in ('sanctioned_binding', 'sanctioned_binding_candidate')
    union
    select subject_id, case party_set when 'sanctioned_binding' then regime else 'candidate' end
    from graph_cascade
    where party_set in ('sanctioned_binding', 'sanctioned_binding_candidate')
        and verdict = 'CERTAIN'
        and case regime when 'OFAC' then 'US' else regime end in (select regime from binding_regime)
),
by_candidates as (
    select
        a.subject_id,
        max(case when k.subject_id is not null then 1 else 0 end) = 1 as is_one,
        max(case when k.subject_id is null and c.verdict = 'certain' then c.share end) as share_min,
        max(case when k.subject_id is null and c.verdict = 'possible' then c.share end) as share_max,
        min(
            case when k.subject_id is not null or c.verdict = 'certain' then 'certain' else 'possible' end
        ) as strongest,
        max(
            case when k.subject_id is null and c.verdict = 'possible' then 'possible' else 'certain' end
        ) as weakest,
        max(case when c.regime = 'EU' and c.verdict = 'certain' then c.words end) as eu_certain,
        max(case when c.regime = 'OFAC' and c.verdict = 'certain' then c.words end) as ofac_certain,
        max(case when c.regime = 'UK' and c.verdict = 'certain' then c.words end) as uk_certain,
        max(case when c.regime = 'EU' and c.verdict = 'possible' then c.words end) as eu_possible,
        max(case when c.regime = 'OFAC' and c.verdict = 'possible' then c.words end) as ofac_possible,
        max(case when c.regime = 'UK' and c.verdict = 'possible' then c.words end) as uk_possible
    from listable_entity a
    left join candidate k on k.subject_id = a.subject_id
    left join by_regime c on c.subject_id = a.subject_id
    where k.subject_id is not null or c.subject_id is not null
    group by a.subject_id
),
found as (
    select
        o.subject_id, 'listed' as subtype, 'certain' as verdict, cast(null as decimal(12, 9)) as share,
        concat_ws(
            '', 'is itself on a sanctions list (', o.list_name,
            case when o.others_n > 0 then ' and others' else '' end, ')'
        ) as finding
    from own o
    union all
    select
        c.subject_id, c.regime, c.verdict, c.share,
        concat_ws('',
            case when c.verdict = 'certain' then 'is ' else 'may be ' end,
            case
                when c.way = 'control' then 'controlled by a sanctioned party'
                else 'owned by sanctioned parties'
            end,
            ' by the rule of ', c.regime_words, ': ',
            case
                when c.way = 'control' then 'its votes or its board'
                when c.verdict = 'certain'
                    then concat_ws(
                        '', 'their counted share is ',
                        least_words(c.share, c.regime = 'UK' and c.share <= $share),
                        ' per cent'
                    )
                else concat_ws(
                    '', 'their counted share may reach ',
                    cast(cast(ceil(c.share * 100) / 100 as decimal(5, 2)) as varchar), ' per cent'
                )
            end,
            case when c.way = 'control' then '' else concat_ws(
                '', ' (the rule: ', c.bar_words, ' ', cast(cast($share as integer) as varchar), ')'
            ) end
        )
    from cascade c
    left join stopped s on s.subject_id = c.subject_id and s.subtype = c.regime
    left join own o on o.subject_id = c.subject_id
    where c.party_set = 'sanctioned'
        -- A party on a list that does not bind may be owned by a party on one that does.
        or (c.party_set = 'sanctioned_binding' and s.subject_id is not null and o.subject_id is not null)
    union all
    select
        b.subject_id, 'candidate',
        case when b.strongest = b.weakest then b.strongest else 'certain_and_possible' end,
        case when b.strongest = 'certain' then b.share_min else b.share_max end,
        concat_ws('',
            case
                when b.is_one then 'may itself be a party on a sanctions list'
                when b.strongest = b.weakest then concat_ws('',
                    case when b.strongest = 'certain' then 'would' else 'might' end,
                    ' be owned or controlled by sanctioned parties by the rule of ',
                    concat_ws(', ',
                        b.eu_certain, b.ofac_certain, b.uk_certain,
                        b.eu_possible, b.ofac_possible, b.uk_possible
                    )
                )
                else concat_ws('',
                    'would be owned or controlled by sanctioned parties by the rule of ',
                    concat_ws(', ', b.eu_certain, b.ofac_certain, b.uk_certain),
                    ', and might be by the rule of ',
                    concat_ws(', ', b.eu_possible, b.ofac_possible, b.uk_possible)
                )
            end,
            ', if a candidate of screening is the party listed; nobody has confirmed that'
        )
    from by_candidates b
)
select
    a.subject_id,
    case
        when f.subject_id is not null then 'flagged'
        when h.has_list then 'not_flagged'
        else 'not_assessable'
    end as state,
    case
        when f.subject_id is not null then f.verdict
        when not h.has_list then 'no_sanctions_list'
    end as reason,
    f.subtype,
    case when s.subject_id is not null then 'stop' end as lane,
    f.share as value,
    'per cent' as unit,
    $share as threshold,
    f.finding
from listable_entity a
cross join held h
left join found f on f.subject_id = a.subject_id
left join stopped s on s.subject_id = f.subject_id and s.subtype = f.subtype
