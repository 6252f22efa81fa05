with declared as (
    select subject_id, min(valid_from) as declared_on
    from relationship
    where declaration_class = 'no_owner' and is_open
    group by subject_id
),
inherited as (
    select
        up.subject_id,
        up.depth,
        case
            when h.subject_id is not null then 'right_not_known'
            when r.subject_id is not null then concat_ws('', 'rejected:', g.register)
            when g.gap in ('editions_apart', 'edition_undated') then g.gap
        end as gap
    from graph_reach up
    left join company k on k.company_id = up.subject_id
    left join ownership_gap g on g.territory = coalesce(k.territory, 'elsewhere')
    left join marked h on h.subject_id = up.subject_id and h.mark = 'right_not_known'
    left join graph_reach r on r.subject_id = up.subject_id and r.mark = 'owners_record_rejected'
    left join graph_reach human
        on human.subject_id = up.subject_id
        and human.mark in ('natural_person', 'protected_party', 'protected_unnamed')
    where up.mark = 'no_owner_declared'
        and human.subject_id is null
        and up.subject_id not in (select subject_id from mark where mark = 'protected_unnamed')
),
candidates as (
    select entity_id as subject_id
    from entity
    where entity_type <> 'arrangement' and entity_id in (select subject_id from relationship)
    union
    -- The register has no such statement for overseas entities.
    select company_id
    from company
    where is_active and must_declare_owners and legal_form_class <> 'overseas_entity'
)
select
    c.subject_id,
    case
        when d.subject_id is not null then 'flagged'
        when i.gap is not null then 'not_assessable'
        when i.subject_id is not null then 'flagged'
        else 'not_flagged'
    end as state,
    case when d.subject_id is null then i.gap end as reason,
    case
        when d.subject_id is not null then 'declared'
        when i.subject_id is not null and i.gap is null then 'inherited'
    end as subtype,
    case
        when d.subject_id is not null then date_diff('day', d.declared_on, $as_of)
        else i.depth
    end as value,
    case
        when d.subject_id is not null then 'days to the release'
        when i.subject_id is not null then 'steps'
    end as unit,
    case
        when d.declared_on is not null
            then concat_ws(
                '', 'has declared since ', cast(d.declared_on as varchar), ', ',
                cast(date_diff('day', d.declared_on, $as_of) as varchar),
                case when date_diff('day', d.declared_on, $as_of) = 1 then ' day' else ' days' end,
                ' ago, that nobody holds significant control over it'
            )
        when d.subject_id is not null
            then 'has declared, on a day not stated, that nobody holds significant control over it'
        when i.subject_id is not null then concat_ws(
            '', 'names only legal entities above it, and one of them, ', cast(i.depth as varchar),
            case when i.depth = 1 then ' step' else ' steps' end,
            ' up, declares that nobody holds significant control'
        )
    end as finding
from candidates c
left join declared d using (subject_id)
left join inherited i using (subject_id)
