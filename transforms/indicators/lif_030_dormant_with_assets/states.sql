with held as (
    select
        c.company_id,
        c.territory,
        c.accounts_category,
        c.is_residents_company,
        coalesce(list_contains(c.industry_codes, '99999'), false) as has_dormant_code,
        t.title_id,
        p.added_on,
        t.price_paid_gbp,
        coalesce(p.added_on <= $as_of, false)
            and coalesce(date_diff('day', p.added_on, $as_of) <= $days, false) as is_recent,
        coalesce(t.price_paid_gbp > 0, false) and coalesce(p.added_on <= $as_of, true) as is_priced,
        coalesce(t.price_paid_gbp, 0) = 0
            and (p.added_on is null or p.added_on > $as_of) as is_unknown
    from proprietorship p
    join title t using (title_id)
    join company c on c.company_id = p.party_id
    where p.ended_on is null and c.is_active
),
judged as (
    select
        company_id,
        territory,
        accounts_category,
        is_residents_company,
        has_dormant_code,
        count(distinct title_id) filter (where is_recent or is_priced) as titles_n,
        count(*) filter (where is_unknown) as unknown_n,
        max(price_paid_gbp) filter (where is_priced) as price_gbp,
        max(added_on) filter (where is_recent) as latest_on
    from held
    group by company_id, territory, accounts_category, is_residents_company, has_dormant_code
),
outcomes as (
    select
        j.*,
        case
            when j.is_residents_company then 'miss'
            when j.accounts_category in ('DORMANT', 'FILING EXEMPTION SUBSIDIARY')
                or (j.has_dormant_code and j.accounts_category = 'NO ACCOUNTS FILED')
                then case
                    when j.titles_n > 0 then 'hit'
                    when j.unknown_n > 0 then 'title_unknown'
                    when x.gap is not null then x.gap
                    when m.subject_id is not null then concat_ws('', 'rejected:', m.register)
                    else 'miss'
                end
            when j.accounts_category is null then 'no_accounts_category'
            when j.accounts_category = 'ACCOUNTS TYPE NOT AVAILABLE' then 'accounts_unknown'
            else 'miss'
        end as outcome
    from judged j
    left join role_held x on x.territory = j.territory and x.role = 'titles'
    left join rejected_subject m on m.subject_id = j.company_id and m.register = x.register
)
select
    company_id as subject_id,
    state_of(outcome) as state,
    reason_of(outcome) as reason,
    case when outcome = 'hit' then titles_n end as value,
    'titles' as unit,
    case
        when accounts_category in ('DORMANT', 'FILING EXEMPTION SUBSIDIARY') then 'files dormant accounts'
        else 'has the industry code of a dormant company and has filed no accounts'
    end as dormancy,
    case when titles_n = 1 then 'title that counts' else 'titles that count' end as titles_word,
    concat_ws(' and ',
        case when price_gbp is not null then concat_ws(
            '', 'the highest price paid is £', thousands(cast(price_gbp as bigint))
        ) end,
        case when latest_on is not null then concat_ws(
            '', 'the latest was added on ', cast(latest_on as varchar), ', within the last ',
            cast($days as varchar), ' days'
        ) end
    ) as assets
from outcomes
