{#
  Survival (definitions 7.3): Kaplan and Meier's estimate, of how many of those at risk in each month left in it. The
  logarithm of it is the sum over the months of log_kept; the variance of that logarithm is Greenwood's, the sum of
  greenwood. Both leave out a month in which all left, in which nothing survives.
#}

{# log_kept(lost, at_risk): logarithm of the share that stayed, a double. #}
{% macro log_kept(lost, at_risk) -%}
    case when {{ lost }} < {{ at_risk }} then ln(1 - {{ nrr.divide(lost, at_risk) }}) else 0 end
{%- endmacro %}

{# greenwood(lost, at_risk): lost / (at risk x stayed), a double. #}
{% macro greenwood(lost, at_risk) -%}
    case
        when {{ lost }} < {{ at_risk }} then {{ nrr.divide(lost, at_risk) }} / ({{ at_risk }} - {{ lost }})
        else 0
    end
{%- endmacro %}

{#
  survival_bound(log_survival, variance, side): an end of the 95% interval of survival, symmetric in its log-log, so that it
  stays within 0 and 1; `side` is 1 for the lower end, -1 for the upper. Without a loss it is 1, as the estimate is.
#}
{% macro survival_bound(log_survival, variance, side) -%}
    case
        when {{ log_survival }} = 0 then 1
        else exp({{ log_survival }} * exp(
            {{ side }} * {{ nrr.z_95() }} * sqrt({{ variance }}) / -nullif({{ log_survival }}, 0)
        ))
    end
{%- endmacro %}
