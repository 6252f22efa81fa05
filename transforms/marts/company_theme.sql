-- Companies of a theme, by an industry code that begins with one of its classes. The first four digits of a
-- code are the class in SIC 2007, SBI 2008 and NACE-BEL 2008 alike.
select distinct c.company_id, t.theme
from (select company_id, unnest(industry_codes) as code from company) c
join theme t on t.nace_class = left(c.code, 4)
