-- The industries of companies by the first four digits of their codes, without codes that say nothing.
select distinct company_id, left(code, 4) as industry_class
from (select company_id, unnest(industry_codes) as code from company) c
where left(code, 4) not in ('9800', '9999')
