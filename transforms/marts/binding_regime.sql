-- Sanctions regimes that bind this authority: those that the home names, else those of the countries of the
-- registers in force.
select distinct regime
from (
    select regime from home_regime_list
    union all
    select b.regime
    from binding_regimes_list b
    join home_country c on c.country = b.country
    where not exists (select 1 from home_regime_list)
) r
