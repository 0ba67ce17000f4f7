package org.llmmerging.eval.tokenizer.jinja;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.llmmerging.eval.model.Golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Against what jinja2 rendered, with the settings of transformers. */
class JinjaTemplateTest {
    private static final Path CASES = Path.of("src/test/resources/golden/dam/jinja.json");

    @TestFactory
    List<DynamicTest> rendersAsJinjaDoes() {
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonNode each : Golden.json(CASES).path("cases")) {
            tests.add(DynamicTest.dynamicTest(each.path("name").asText() + ", " + each.path("chat").asText(), () -> {
                Map<String, Object> values = new LinkedHashMap<>();
                each.path("values").properties().forEach(entry -> values.put(entry.getKey(), value(entry.getValue())));
                String template = each.path("template").asText();
                if (each.has("refused")) {
                    JinjaException e = assertThrows(
                            JinjaException.class, () -> JinjaTemplate.parse(template).render(values));
                    assertTrue(String.valueOf(e.getMessage()).contains(each.path("refused").asText()));
                } else {
                    assertEquals(each.path("rendered").asText(), JinjaTemplate.parse(template).render(values));
                }
            }));
        }
        assertTrue(tests.size() >= 18);
        return tests;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ 'open }}", "{% if a %}", "{% endif %}", "{% for a b %}{% endfor %}", "{{ a | nosuch }}",
                "{{ nothing.member }}", "{{ a() }}", "{% include 'x' %}", "{{ 1 +", "{{ a.getClass() }}",
                "{{ 1 // 0 }}",
                "{{ range(1000000000) }}", "{{ a | upper('x') }}", "{{ a | trim(nosuch=1) }}", "{{ a.upper(1) }}",
                "{{ a.replace('x') }}", "{{ a | replace('a', old='b') }}", "{{ 3 is odd(1) }}", "{{ 1 / 0 }}",
                "{{ {'b': 1} | dictsort(by='x') }}", "{{ missing | tojson }}", "{{ missing | int }}", "{{ 0123 }}",
                "{{ 9223372036854775807 + 1 }}", "{{ '99999999999999999999' | int }}",
                "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "{{ a $ b }}",
                "{% macro m(b) %}{{ b }}{% endmacro %}{{ m(1, 2) }}", "{{ +a }}", "{{ namespace([1]) }}",
                "{{ 3 is eq(1, 2) }}",
                "{% macro m(b) %}{% endmacro %}{{ m(c=1) }}"
            })
    void refusesWhatItCannotRender(String template) {
        assertThrows(JinjaException.class, () -> JinjaTemplate.parse(template).render(Map.of("a", "text")));
    }

    /** As jinja2 does. */
    @Test
    void aMacroSeesTheNamesAroundItsDefinitionAndHidesThoseOfItsParameters() {
        assertEquals("1-12-2",
                render("{% for x in [1, 2] %}{% macro m(a=x) %}{{ a }}-{{ x }}{% endmacro %}{{ m() }}{% endfor %}"));
        assertEquals("7",
                render("{% macro o(p) %}{% macro m(a=p) %}{{ a }}{% endmacro %}{{ m() }}{% endmacro %}{{ o(7) }}"));
        assertEquals("|2", render("{% set b = 1 %}{% macro m(a=b, b=2) %}{{ a }}|{{ b }}{% endmacro %}{{ m() }}"));
    }

    @ParameterizedTest
    @CsvSource(
            textBlock = """
                    {{ -1|string ~ 'a' }}                            ; -1a
                    {{ - 7 | default(3) * 2 }}                       ; -14
                    {{ +x }}{{ -+-x }}{{ -d.a }}{{ 3*-2 }}           ; 77-1-6
                    {{ 1 < x < 9 }}{{ 1 < x < 3 }}{{ 1 == 1 != 2 }}  ; TrueFalseTrue
                    {{ x in [7] == true }}{{ 1 in [1] in [[1]] }}    ; FalseTrue
                    {{ 2 < 1 < missing.member }}                     ; False
                    {{ x is divisibleby x }}{{ x is in [1, 7] }}     ; TrueTrue
                    {{ 1 is in {1: 2} }}{{ x is not in d.l }}        ; TrueTrue
                    {{ x is sameas none or x is eq d.a }}            ; False
                    {{ x is gt 6 }}{{ x is le 6 }}{{ x is lessthan 8 }} ; TrueFalseTrue
                    {{ no is iterable }}{{ no is callable }}{{ x is sequence }} ; TrueTrueFalse
                    {{ 1 if x is odd else 2 }}{{ x is in(d.l) }}     ; 1False
                    {{ namespace(d, b=2).a }}{{ dict(d, a=5).a }}    ; 15
                    {% for i in d.l %}{{ loop.depth }}{% endfor %}   ; 1
                    """,
            delimiter = ';',
            quoteCharacter = '`')
    void bindsSignsComparisonsAndTestsAsJinjaDoes(String template, String rendered) {
        Map<String, Object> values = Map.of("x", 7L, "d", Map.of("a", 1L, "l", List.of(4L)));
        assertEquals(rendered, JinjaTemplate.parse(template).render(values));
    }

    @Test
    void namesAFunctionThatIsNotKnown() {
        JinjaException e = assertThrows(JinjaException.class, () -> render("{{ strftime_now('%Y') }}"));
        assertEquals("calls 'strftime_now', which is no function that is known", e.getMessage());
    }

    private static String render(String template) {
        return JinjaTemplate.parse(template).render(Map.of());
    }

    @Test
    void aMacrosDefaultMayNameTheParametersBeforeIt() {
        String template = "{% macro m(b, c=b) %}{{ b }}{{ c }}{% endmacro %}{{ m(1) }} {{ m(1, 2) }} {{ m(c=3, b=4) }}";
        assertEquals("11 12 43", JinjaTemplate.parse(template).render(Map.of("b", "outside")));
    }

    @Test
    void stopsATemplateThatGoesOnForTooLong() {
        String loop = "{% for a in range(90000) %}{% for b in range(90000) %}{{ b }}{% endfor %}{% endfor %}";
        assertThrows(JinjaException.class, () -> JinjaTemplate.parse(loop).render(Map.of()));
    }

    @ParameterizedTest
    @CsvSource(
            textBlock = """
                    {{ "\\u00" }}               | has the escape '\\u' in '"\\u00"' without the 4 hexadecimal digits of a character
                    {{ "\\x4" }}                | has the escape '\\x' in '"\\x4"' without the 2 hexadecimal digits of a character
                    {{ "\\U00110000" }}         | has the escape '\\U' in '"\\U00110000"' without the 8 hexadecimal digits of a character
                    {{ 99999999999999999999 }} | has the whole number 99999999999999999999, which is too large
                    {{ 1.2.3 }}                | has a number with two points in '1.2.3'
                    """,
            delimiter = '|',
            quoteCharacter = '`')
    void saysWhatIsWrongWithTexts(String template, String message) {
        JinjaException e = assertThrows(JinjaException.class, () -> JinjaTemplate.parse(template));
        assertEquals(message, e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% set n = namespace(t='ab') %}{% for i in range(60) %}{% set n.t = n.t + n.t %}{% endfor %}",
                "{% set n = namespace(t='ab') %}{% for i in range(60) %}{% set n.t = n.t ~ n.t %}{% endfor %}",
                "{% set n = namespace(t=[1]) %}{% for i in range(60) %}{% set n.t = n.t + n.t %}{% endfor %}",
                "{% set n = namespace(t=[1]) %}{% for i in range(60) %}{% set n.t = [n.t, n.t] %}{% endfor %}{{ n.t }}",
                "{% set n = namespace(t=[1]) %}{% for i in range(60) %}{% set n.t = [n.t, n.t] %}{% endfor %}"
                        + "{{ n.t | tojson }}",
                "{{ 'ab' * 9223372036854775807 }}", "{{ ('a' * 9000000).replace('a', 'bb') }}",
                "{{ ('<' * 9000000) | e }}", "{{ range(9000) | join('a' * 9000) }}", "{{ 'a\nb' | indent(90000000) }}",
                "{% for i in range(9000) %}{{ 'a' * 9000 }}{% endfor %}"
            })
    void boundsTheTextsThatItMakes(String template) {
        JinjaException e = assertThrows(JinjaException.class, () -> JinjaTemplate.parse(template).render(Map.of()));
        assertTrue(String.valueOf(e.getMessage()).startsWith("makes a "));
    }

    @ParameterizedTest
    @CsvSource({"(, )", "[, ]", "'not ', ''", "{% if a %}, {% endif %}"})
    void refusesWhatIsNestedTooDeeply(String opening, String closing) {
        String nested = opening.repeat(100_000) + "1" + closing.repeat(100_000);
        String template = opening.startsWith("{") ? nested : "{{ " + nested + " }}";
        JinjaException e = assertThrows(JinjaException.class, () -> JinjaTemplate.parse(template));
        assertEquals("is nested too deeply", e.getMessage());
    }

    private static Object value(JsonNode node) {
        return new ObjectMapper().convertValue(node, Object.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"C:\\users", "a\\u", "\\é", "\u0001", "tab\t", "\"", "日本"})
    void writesAnyTextAsJson(String text) throws JsonProcessingException {
        String json = JinjaTemplate.parse("{{ a | tojson }}").render(Map.of("a", text));
        assertEquals(text, new ObjectMapper().readValue(json, String.class));
        assertEquals(text.contains("é") || text.contains("日"), json.chars().anyMatch(each -> each > 127));
    }

    @Test
    void indentsJsonAsPythonDoes() {
        Map<String, Object> values = Map.of("a", Map.of("k", List.of(1L, "ä"), "l", List.of()));
        String json = JinjaTemplate.parse("{{ a['k'] | tojson(indent=2) }}").render(values);
        assertEquals("[\n  1,\n  \"ä\"\n]", json);
        assertEquals("[]", JinjaTemplate.parse("{{ a['l'] | tojson(indent=2) }}").render(values));
    }
}
