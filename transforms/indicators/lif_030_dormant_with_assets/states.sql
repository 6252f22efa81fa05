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
of_titles as (
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
),
-- One row for each paid company, in the currency in which most covered lines are.
summed as (
    select
        payee_id,
        currency,
        accounts_category,
        accounts_made_up_to,
        is_residents_company,
        sum(amount) filter (where is_covered) as received,
        count(*) filter (where is_covered) as lines_n,
        max(case when is_covered then flowed_on end) as last_on
    from paid
    group by payee_id, currency, accounts_category, accounts_made_up_to, is_residents_company
),
payees as (
    select *, row_number() over (partition by payee_id order by lines_n desc, currency) as first_row
    from summed
),
of_payments as (
    select
        *,
        case
            when is_residents_company then 'miss'
            when lines_n > 0 then 'hit'
            when accounts_category in ('DORMANT', 'FILING EXEMPTION SUBSIDIARY')
                and accounts_made_up_to is null
                then 'no_accounts_day'
            when accounts_category is null then 'no_accounts_category'
            when accounts_category = 'ACCOUNTS TYPE NOT AVAILABLE' then 'accounts_unknown'
            else 'miss'
        end as outcome
    from payees
    where first_row = 1
)
select
    company_id as subject_id,
    state_of(outcome) as state,
    reason_of(outcome) as reason,
    cast(null as varchar) as subtype,
    cast(null as varchar) as lane,
    case when outcome = 'hit' then titles_n end as value,
    'titles' as unit,
    case
        when accounts_category in ('DORMANT', 'FILING EXEMPTION SUBSIDIARY') then 'files dormant accounts'
        else 'has the industry code of a dormant company and has filed no accounts'
    end as dormancy,
    concat_ws('', 'holds ', cast(titles_n as varchar),
        case when titles_n = 1 then ' title that counts: ' else ' titles that count: ' end,
        concat_ws(' and ',
            case when price_gbp is not null then concat_ws(
                '', 'the highest price paid is £', thousands(cast(price_gbp as bigint))
            ) end,
            case when latest_on is not null then concat_ws(
                '', 'the latest was added on ', cast(latest_on as varchar), ', within the last ',
                cast($days as varchar), ' days'
            ) end
        )
    ) as finding
from of_titles
union all
select
    payee_id, state_of(outcome), reason_of(outcome), 'paid', 'act',
    case when outcome = 'hit' then received end,
    currency,
    'files dormant accounts',
    concat_ws('', 'was paid ', thousands(received), ' ', currency, ' in ', cast(lines_n as varchar),
        case when lines_n = 1 then ' line' else ' lines' end,
        ' within the twelve months of its accounts to ', cast(accounts_made_up_to as varchar),
        ', last on ', cast(last_on as varchar)
    )
from of_payments
