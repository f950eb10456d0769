{# Types that warehouses name differently. Others are written out: decimal(18, 4), date, integer, boolean. #}

{# type_text(): text of any length. #}
{% macro type_text() -%} {{ return(adapter.dispatch('type_text', 'nrr')()) }} {%- endmacro %}
{% macro default__type_text() -%} {{ dbt.type_string() }} {%- endmacro %}
{# its `text` ends after 256 bytes #}
{% macro redshift__type_text() -%} varchar(65535) {%- endmacro %}

{# type_instant(): an instant in UTC, to the microsecond; without a time zone where there is such a type. #}
{% macro type_instant() -%} {{ return(adapter.dispatch('type_instant', 'nrr')()) }} {%- endmacro %}
{% macro default__type_instant() -%} {{ dbt.type_timestamp() }} {%- endmacro %}
{# what its `timestamp` is, the account decides #}
{% macro snowflake__type_instant() -%} timestamp_ntz {%- endmacro %}
{% macro trino__type_instant() -%} timestamp(6) {%- endmacro %}

{# type_double(): a floating-point number of 64 bits. #}
{% macro type_double() -%} {{ return(adapter.dispatch('type_double', 'nrr')()) }} {%- endmacro %}
{% macro default__type_double() -%} double precision {%- endmacro %}
{% macro duckdb__type_double() -%} double {%- endmacro %}
{% macro bigquery__type_double() -%} float64 {%- endmacro %}
{% macro spark__type_double() -%} double {%- endmacro %}
{% macro trino__type_double() -%} double {%- endmacro %}

{# type_wide_integer(): a whole number of 37 digits. #}
{% macro type_wide_integer() -%} {{ return(adapter.dispatch('type_wide_integer', 'nrr')()) }} {%- endmacro %}
{% macro default__type_wide_integer() -%} decimal(38, 0) {%- endmacro %}
{% macro duckdb__type_wide_integer() -%} hugeint {%- endmacro %}
{# fakesnow makes decimal(38, 0) a bigint #}
{% macro snowflake__type_wide_integer() -%} decimal(37, 0) {%- endmacro %}
{% macro bigquery__type_wide_integer() -%} bignumeric {%- endmacro %}
{% macro spark__type_wide_integer() -%} decimal(38, 0) {%- endmacro %}

{# type_rate(): an exchange rate, 8 digits before the point and 12 after it. #}
{% macro type_rate() -%} {{ return(adapter.dispatch('type_rate', 'nrr')()) }} {%- endmacro %}
{% macro default__type_rate() -%} decimal(20, 12) {%- endmacro %}
{% macro bigquery__type_rate() -%} bigdecimal(20, 12) {%- endmacro %}

{# type_minor_units(): an amount in a currency's smallest unit, 14 digits before the point and 12 after it. #}
{% macro type_minor_units() -%} {{ return(adapter.dispatch('type_minor_units', 'nrr')()) }} {%- endmacro %}
{% macro default__type_minor_units() -%} decimal(26, 12) {%- endmacro %}
{% macro bigquery__type_minor_units() -%} bigdecimal(26, 12) {%- endmacro %}

{# type_fingerprint(): what fingerprint() is: a whole number of 64 bits. #}
{% macro type_fingerprint() -%} {{ return(adapter.dispatch('type_fingerprint', 'nrr')()) }} {%- endmacro %}
{% macro default__type_fingerprint() -%} bigint {%- endmacro %}
{% macro duckdb__type_fingerprint() -%} ubigint {%- endmacro %}
{% macro bigquery__type_fingerprint() -%} int64 {%- endmacro %}
{% macro snowflake__type_fingerprint() -%} decimal(19, 0) {%- endmacro %}
