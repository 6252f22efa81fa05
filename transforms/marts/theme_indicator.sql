-- The indicators that count for a theme, by code or by the letters of their family.
select distinct theme, indicators
from theme_indicators_list
