package io.halfsecond.deploy.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.halfsecond.deploy.alerts.Given;
import io.halfsecond.schemas.Alert;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebhookTemplateTest {
  private static final String HOSTILE = "a \"b\" \\ {{title}} </script> \n\u001b[2J\u202e ü";

  @Test
  void should_insert_fields_as_the_content_of_json_strings() throws IOException {
    var alert = Given.startup("01").setTitle(HOSTILE).build();

    var made = made("{\"text\": \"{{title}}\", \"tier\": \"{{tier}}\"}", alert);

    assertThat(made.path("text").asText()).isEqualTo(HOSTILE);
    assertThat(made.path("tier").asText()).isEqualTo("STEP");
  }

  @Test
  void should_repeat_sections_and_reach_into_the_finding() throws IOException {
    var template =
        "{\"hosts\": \"{{#members}}{{host}} {{/members}}\", \"signal\": \"{{finding.signal}}\","
            + " \"by\": \"{{#acknowledgement}}{{who}}{{/acknowledgement}}\"}";
    var incident = Given.incident("02", Map.of("web-17", List.of())).build();

    var made = made(template, incident);

    assertThat(made.path("hosts").asText()).isEqualTo("web-17 ");
    assertThat(made.path("signal").asText()).isEqualTo("STARTUP");
    assertThat(made.path("by").asText()).isEmpty();
    assertThat(
            made(template, Given.contradiction("03", "evidence/log-silent").build())
                .path("signal")
                .asText())
        .as("a contradiction has none")
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "`{\"text\": \"{{titel}}\"}`, titel",
        "`{\"text\": \"{{#members}}\"}`, members",
        "`{\"text\": {{title}}}`, no JSON",
        "`hello {{title}}`, no JSON"
      })
  void should_refuse_a_template_that_cannot_be_used(String template, String why) {
    assertThatThrownBy(() -> WebhookTemplate.of(template, "slack.json"))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("slack.json: ")
        .hasMessageContaining(why);
  }

  private static JsonNode made(String template, Alert alert) throws IOException {
    return new ObjectMapper().readTree(WebhookTemplate.of(template, "test").of(alert));
  }
}
