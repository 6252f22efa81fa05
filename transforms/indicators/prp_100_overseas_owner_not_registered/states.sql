with proprietors as (
    select
        h.title_id,
        h.proprietor_name,
        h.added_on,
        h.statement_id,
        date_diff('day', h.added_on, $as_of) as held_days,
        coalesce(n.jurisdiction, '') as country,
        k.edition_on as register_on,
        case
            when c.legal_form_class = 'overseas_entity'
                and c.is_active
                and (c.company_id = h.party_id or r.score = 1) then 'registered'
            when h.added_on < date '1999-01-01' then 'before_1999'
            when $as_of < date '2023-02-01' then 'before_the_deadline'
            when starts_with(h.party_id, 'GB-COH-') or starts_with(r.candidate_id, 'GB-COH-') then 'candidate'
            when n.jurisdiction is null then 'country_unknown'
            when h.added_on is null then 'no_added_date'
            when h.added_on > $as_of then 'added_after_date'
            when t.tenure = 'leasehold' then 'lease_term_unknown'
            when t.tenure <> 'freehold' then 'tenure_unknown'
            when edition_gap(k.gap, k.edition_on, h.titles_on) is not null
                then edition_gap(k.gap, k.edition_on, h.titles_on)
            when k.edition_on < h.titles_on then 'register_older'
            when exists (
                select 1
                from rejected_subject s
                where s.register = k.register and starts_with(s.subject_id, 'GB-COH-OE')
            ) then concat_ws('', 'rejected:', k.register)
            else 'hit'
        end as outcome
    from holding h
    join title t using (title_id)
    join entity n on n.entity_id = h.party_id
    left join resolution r on r.statement_id = h.party_statement_id
    -- The score is the candidate's, unless a reviewer judged the record to be its party's.
    left join company c
        on c.company_id =
            case
                when starts_with(h.party_id, 'GB-COH-') or h.method = 'judgement' then h.party_id
                else r.candidate_id
            end
    left join role_held k on k.territory = h.territory and k.role = 'companies'
    -- The duty is in an Act of the United Kingdom, so it applies only to titles there.
    where h.territory = 'gb' and coalesce(split_part(n.jurisdiction, '-', 1), '') <> 'gb'
),
ranked as (
    select
        *,
        row_number() over (
            partition by title_id
            order by
                case when outcome = 'hit' then 0 when outcome in (
                    'registered', 'before_1999', 'before_the_deadline'
                ) then 2 else 1 end,
                held_days desc,
                outcome,
                statement_id
        ) as first_row
    from proprietors
)
select
    title_id as subject_id,
    case
        when outcome = 'hit' then 'flagged'
        when outcome in ('registered', 'before_1999', 'before_the_deadline') then 'not_flagged'
        else 'not_assessable'
    end as state,
    case when outcome not in (
        'hit', 'registered', 'before_1999', 'before_the_deadline'
    ) then outcome end as reason,
    case when outcome = 'hit' then held_days end as value,
    'days to the release' as unit,
    proprietor_name,
    added_on,
    case when held_days = 1 then 'day' else 'days' end as held_word,
    upper(country) as country,
    register_on
from ranked
where first_row = 1
