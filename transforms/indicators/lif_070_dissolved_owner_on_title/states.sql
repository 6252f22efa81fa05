with owners as (
    select
        h.party_id,
        h.title_id,
        h.statement_id,
        h.titles_on,
        h.dissolved_by,
        case
            when h.method in ('record', 'records_agree')
                and h.party_statement_id in (
                    select statement_id from resolution where candidate_id is not null and score = 0
                ) then 'name_disagrees'
            when coalesce(split_part(n.jurisdiction, '-', 1), '') <> h.territory then 'foreign_register'
            when h.number_native is null then 'no_number'
            when h.method in ('record', 'records_agree') then 'other_register'
            when h.company_id is null or h.entry_territory <> h.territory then 'never_seen'
            when h.legal_form_class in ('overseas_entity', 'overseas_company') then 'foreign_register'
            when h.status in ('converted', 'closed', 'removed') then 'miss'
            -- A stated fact, dissolved or not, counts even if the edition lacks other things.
            when h.is_stated and (h.titles_on is null or h.dissolved_by is null) then 'edition_undated'
            when h.is_stated and h.titles_on < h.dissolved_by then 'title_before_dissolution'
            when h.is_stated then 'hit'
            when h.left_register_on is null and o.gap is null
                then coalesce(edition_gap(null, h.companies_on, h.titles_on), 'miss')
            when edition_gap(h.companies_gap, h.companies_on, h.titles_on) is not null
                then edition_gap(h.companies_gap, h.companies_on, h.titles_on)
            when h.left_register_on is null then o.gap
            when h.is_active then 'miss'
            when date_diff('day', h.left_register_after, h.left_register_on) > 31 then 'editions_apart'
            when h.titles_on < h.left_register_on then 'title_before_dissolution'
            else 'hit'
        end as outcome
    from entry h
    left join entity n on n.entity_id = h.party_id
    left join out_of_edition o on o.company_id = h.company_id
),
ranked as (
    select
        *,
        count(*) filter (where outcome = 'hit') over (partition by party_id) as titles_n,
        row_number() over (
            partition by party_id
            order by
                case outcome when 'hit' then 0 when 'miss' then 2 else 1 end,
                outcome,
                titles_on desc,
                title_id,
                statement_id
        ) as first_row
    from owners
)
select
    party_id as subject_id,
    state_of(outcome) as state,
    reason_of(outcome) as reason,
    case when outcome = 'hit' then date_diff('day', dissolved_by, $as_of) end as value,
    'days to the release' as unit,
    dissolved_by,
    case when date_diff('day', dissolved_by, $as_of) = 1 then 'day' else 'days' end as days_word,
    titles_on,
    titles_n,
    case when titles_n = 1 then concat_ws('', 'title, ', title_id, ',') else concat_ws(
        '', 'titles, ', title_id, ' among them,'
    ) end as titles_words
from ranked
where first_row = 1
