package org.llmmerging.eval.tokenizer.jinja;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** Python's kinds of values in templates, and what each can do. */
class JinjaValuesTest {
    /** As jinja2 does: what filters make lazily and a dictionary's keys are no lists, and a namespace no dictionary. */
    @ParameterizedTest
    @CsvSource(
            textBlock = """
                    {{ 'y' if l | select('gt', 9) else 'n' }}{{ 'y' if [] | reverse else 'n' }} ; yy
                    {{ 'y' if l | selectattr('x') and l | map('string') and {} | items else 'n' }} ; y
                    {{ 'y' if l | select('gt', 9) | list else 'n' }}{{ 'y' if {}.keys() else 'n' }} ; nn
                    {{ (l | map('string'))[0] is defined }}{{ d.keys()[0] is defined }}       ; FalseFalse
                    {{ (l | map('string') | list)[0] }}{{ (d.keys() | list)[0] }}{{ d.keys() | length }} ; 4a2
                    {% set g = l | map('string') %}{{ g | join }}{{ g | join }}.              ; 46.
                    {% set g = l | select %}{{ 4 in g }}{{ g | first }}{{ g | list }}          ; True6[]
                    {{ l | reverse | list }}{{ l | map('string') | reverse | join }}          ; [6, 4]64
                    {% for k, v in d.items() %}{{ k }}{% endfor %}{{ 'a' in d.keys() }}         ; alTrue
                    {{ 'y' if namespace() else 'n' }}{{ namespace(a=1) is mapping }}{{ namespace() == namespace() }} ; yFalseFalse
                    {% set n = namespace(a=1, items=2) %}{% set n.a = 3 %}{{ n.a }}{{ n['items'] }} ; 32
                    {{ 'x'.split is defined }}{{ d.items is defined }}{{ d.nothing is defined }} ; TrueTrueFalse
                    {{ d['l'] == [1.0] }}{{ {'a': 1} == {'a': 1.0} }}{{ {'a': 1} == {'a': 2} }}  ; TrueTrueFalse
                    {{ 1.0 % 0.1 }} {{ 1.0 // 0.1 }} {{ -7.5 % 2 }} {{ -7.5 // 2 }} {{ -0.0 }}   ; 0.09999999999999995 9.0 0.5 -4.0 -0.0
                    {% for i in [] %}{% else %}{% set q = 1 %}{% endfor %}{{ q is defined }}     ; False
                    {% set x %}{% set q = 1 %}{% endset %}{{ q is defined }}                     ; False
                    {% for a, b in [l] | map('reverse') %}{{ a }}{{ b }}{% endfor %}             ; 64
                    {{ none | map('upper') | list }}{{ none | selectattr('x') | list }}          ; [][]
                    {% generation %}{% set q = 1 %}{{ q }}{% endgeneration %}{{ q is defined }}  ; 1False
                    {% macro m(a) %}{{ a }}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1) }}     ; 1(){}
                    """,
            delimiter = ';',
            quoteCharacter = '`')
    void tellsPythonsKindsOfValuesApart(String template, String rendered) {
        Map<String, Object> values = Map.of("l", List.of(4L, 6L), "d", dictionary());
        assertEquals(rendered, JinjaTemplate.parse(template).render(values));
    }

    private static Map<String, Object> dictionary() {
        Map<String, Object> dictionary = new LinkedHashMap<>();
        dictionary.put("a", 1L);
        dictionary.put("l", List.of(1L));
        return dictionary;
    }

    /** Where Python raises an error or writes what a thing is called there, and functions that are not known. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ [1] | map('string') | length }}", "{{ [1] | map('string') | last }}", "{{ [1] | reverse }}",
                "{{ {'a': 1}.keys()[1:] }}", "{{ {'a': 1} | tojson | items }}", "{{ [1] | select | tojson }}",
                "{% macro m() %}{% endmacro %}{{ m }}", "{{ 'a'.upper }}", "{{ range }}",
                "{% for i in [1] %}{{ loop }}{% endfor %}", "{% for k in namespace(a=1) %}{% endfor %}",
                "{{ 'a' in namespace(a=1) }}", "{% set d = {} %}{% set d.x = 1 %}", "{{ 1 in 'a1' }}",
                "{{ none in 'None' }}", "{{ ', '.join([1]) }}", "{{ 'a'.startswith(['a']) }}",
                "{{ 'a'.endswith(none) }}", "{{ [1] < (2,) }}", "{{ '\\N{BULLET}' }}", "{{ 'a'.isdigit() }}"
            })
    void refusesWhatIsNoTextAndWhatIsNotKnown(String template) {
        assertThrows(JinjaException.class, () -> JinjaTemplate.parse(template).render(Map.of()));
    }
}
