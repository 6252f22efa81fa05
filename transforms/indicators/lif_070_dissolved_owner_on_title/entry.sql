-- Proprietors with their entry in the company register of the title's country, and the day by which it was
-- certainly dissolved. An entry without a day was dissolved no later than the date of its edition.
with stated as (
    select
        h.party_id,
        h.title_id,
        h.statement_id,
        h.party_statement_id,
        h.number_native,
        h.method,
        h.territory,
        h.titles_on,
        c.company_id,
        c.territory as entry_territory,
        c.legal_form_class,
        c.status,
        c.is_active,
        c.dissolved_on,
        c.left_register_after,
        c.left_register_on,
        c.statement_id as company_statement_id,
        -- The entry says that it is dissolved.
        coalesce(
            (c.status = 'dissolved' and coalesce(c.dissolved_on <= $as_of, true))
            or c.dissolved_on <= $as_of,
            false
        ) as is_stated,
        c.edition_on as entry_on,
        -- For a register queried record by record, the day of the answer.
        coalesce(k.edition_on, c.edition_on) as companies_on,
        k.gap as companies_gap
    from holding h
    left join company c on c.company_id = h.party_id
    left join role_held k on k.territory = h.territory and k.role = 'companies'
)
select
    *,
    case
        when is_stated then coalesce(dissolved_on, entry_on, left_register_on, companies_on)
        when left_register_on is not null and coalesce(dissolved_on > $as_of, true) then left_register_on
    end as dissolved_by
from stated
