-- Proprietors of titles, each with the price paid and the median price of its district in that year, or in
-- the year before if too few sales of that year are held.
select
    p.title_id, p.party_id, p.proprietor_name, p.added_on, p.statement_id,
    t.statement_id as title_statement_id,
    coalesce(t.price_paid_gbp, t.price_paid_eur) as price,
    case when t.price_paid_gbp is null then 'EUR' else 'GBP' end as currency,
    c.statement_id as company_statement_id,
    coalesce(i.median_price, b.median_price) as middle_price,
    coalesce(i.sales_n, b.sales_n) as sales_n,
    year(coalesce(i.period_start, b.period_start)) as index_year,
    case
        when exists (
            select 1 from charge h
            where h.title_id = p.title_id
                and h.kind <> 'attachment'
                and coalesce(h.borrower_id, p.party_id) = p.party_id
        ) then 'miss'
        when c.company_id is null then 'number_not_held'
        when c.legal_form_class in ('overseas_entity', 'overseas_company') then 'overseas_registration'
        when t.additional_proprietors then 'additional_proprietors'
        when p.added_on is null then 'no_added_date'
        when p.added_on > $as_of then 'added_after_date'
        when coalesce(t.price_paid_gbp, t.price_paid_eur, 0) <= 0 then 'no_price'
        when t.price_paid_gbp is null and t.price_covers_several then 'no_price'
        when coalesce(i.median_price, b.median_price) is null then 'few_sales'
        when coalesce(t.price_paid_gbp, t.price_paid_eur) <= coalesce(i.median_price, b.median_price)
            then 'miss'
        when c.charges_n is null then 'charges_not_stated'
        when c.charges_n > 0 then 'other_charges'
        when c.edition_on is null then 'edition_undated'
        when date_diff('day', p.added_on, c.edition_on) <= $days then 'too_recent'
        else 'hit'
    end as outcome
from proprietorship p
join title t using (title_id)
left join company c on c.company_id = p.party_id
left join price_index i
    on i.area_name = t.area_name
    and i.property_type = 'any'
    and i.period = 'year'
    and i.period_start = make_date(year(p.added_on), 1, 1)
left join price_index b
    on b.area_name = t.area_name
    and b.property_type = 'any'
    and b.period = 'year'
    and b.period_start = make_date(year(p.added_on) - 1, 1, 1)
where p.ended_on is null
