package org.llmmerging.tokenizer;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

class JinjaSyntaxTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain text with { a brace } and 100%",
                "{{ messages[0]['content'] }}",
                "{{ '}}' + \"it's %}\" }}",
                "{{ {'a': {'b': 1}}['a'] }}",
                "{%- for m in messages -%}{% if m.x %}a{% elif y %}b{% else %}c{% endif %}{%- endfor -%}",
                "{% for m in [] %}{% else %}none{% endfor %}",
                "{% set x = 1 %}{% set ns.y = 'a' == b %}{% set block %}text{% endset %}",
                "{% macro say(a, b='x') %}{{ a }}{% endmacro %}{{ say('%}') }}",
                "{# a comment {{ that % is open #}",
                "{% raw %}{{ not read {% endraw %}",
                "{% generation %}x{% endgeneration %}{% break %}",
                "{% if a %}\n{{ raise_exception('no') }}\n{% endif %}"
            })
    void acceptsWhatChatTemplatesWrite(String template) {
        assertEquals(Optional.empty(), JinjaSyntax.fault(template));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {{ messages              | line 1 opens '{{' and does not close it
            {{ 'open }}              | line 1 opens '{{' and does not close it
            {{ f(x }}                | line 1 opens '{{' and does not close it
            {# open                  | line 1 opens '{#' and does not close it
            {% if a %}x              | line 1 ends within 'if'. Add {% endif %}
            {% for a in b %}{% endif %} | line 1 has 'endif' where 'for' is open. Write endfor
            x{% endfor %}            | line 1 has 'endfor' where nothing is open. Remove it
            {% else %}               | line 1 has 'else' outside if and for. Remove it, or write the if
            {% fro a in b %}         | line 1 has the unknown statement 'fro'. Statements are if, for, set and macro
            """)
    void tellsTheLineAndTheRemedy(String template, String expected) {
        String fault = JinjaSyntax.fault(template).orElseThrow();
        assertEquals("is no Jinja: its " + expected,
                fault.substring(0, Math.min(fault.length(), expected.length() + 17)));
    }
}
