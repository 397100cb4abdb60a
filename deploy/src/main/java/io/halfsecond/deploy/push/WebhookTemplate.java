package io.halfsecond.deploy.push;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.MustacheException;
import com.samskivert.mustache.Template;
import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.AlertScope;
import io.halfsecond.schemas.ContradictionFinding;
import io.halfsecond.schemas.Member;
import io.halfsecond.schemas.Printable;
import io.halfsecond.schemas.RecordJson;
import io.halfsecond.schemas.SelfTestFinding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/// JSON made by a template in Mustache, from the fields of an alert as `alerts --json` has them.
/// What is inserted by `{{field}}` is escaped as the content of a JSON string.
public final class WebhookTemplate {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private static final Mustache.Compiler COMPILER =
      Mustache.compiler().emptyStringIsFalse(true).withEscaper(WebhookTemplate::escaped);

  private final Template template;

  private WebhookTemplate(Template template) {
    this.template = template;
  }

  /// @throws IOException if the file cannot be read, is no template, names a field that a shift
  ///   does not have, or makes no JSON; the message names it
  public static WebhookTemplate read(Path file) throws IOException {
    return of(Files.readString(file), file.toString());
  }

  /// @param name of the template, for messages
  static WebhookTemplate of(String text, String name) throws IOException {
    try {
      JSON.readTree(COMPILER.nullValue("").compile(text).execute(fields(example())));
      // A field that only another kind of finding has is empty.
      var template = new WebhookTemplate(COMPILER.defaultValue("").compile(text));
      for (var kind : kinds()) {
        JSON.readTree(template.of(kind));
      }
      return template;
    } catch (UnsupportedOperationException e) {
      throw new IOException(name + ": partials, {{> name}}, are not supported", e);
    } catch (MustacheException e) {
      throw new IOException("%s: %s".formatted(name, e.getMessage()), e);
    } catch (JsonProcessingException e) {
      throw new IOException(
          "%s: what it makes is no JSON: %s".formatted(name, e.getOriginalMessage()), e);
    }
  }

  /// An alert about a shift, with a value in every field.
  private static Alert example() throws IOException {
    try (var resource = WebhookTemplate.class.getResourceAsStream("example-alert.json")) {
      return RecordJson.read(Alert.class, JSON.readTree(Objects.requireNonNull(resource)));
    }
  }

  /// One of each kind that makes other JSON: an incident, a self-test and a contradiction.
  private static List<Alert> kinds() throws IOException {
    var incident = example();
    incident.setScope(AlertScope.INCIDENT);
    incident.setHost("");
    incident.setMembers(
        Stream.of("web-17", "web-18")
            .map(
                host ->
                    Member.newBuilder()
                        .setHost(host)
                        .setAlertIds(List.of(incident.getAlertId()))
                        .setOnset(incident.getOnset())
                        .build())
            .toList());
    var selfTest = example();
    selfTest.setFinding(
        SelfTestFinding.newBuilder()
            .setCommand("sshd -V")
            .setRuns(20)
            .setServiceNanos(1e6)
            .setOtherNanos(2e6)
            .setPValue(0.001)
            .setEvidenceDays(400)
            .setLimitDays(365)
            .build());
    var contradiction = example();
    contradiction.setFinding(
        ContradictionFinding.newBuilder().setRule("unlogged").setAbout("a login").build());
    return List.of(incident, selfTest, contradiction);
  }

  public String of(Alert alert) {
    return template.execute(fields(alert));
  }

  private static Map<String, Object> fields(Alert alert) {
    return JSON.convertValue(RecordJson.of(alert), new TypeReference<>() {});
  }

  private static String escaped(String text) {
    return Printable.json(new String(JsonStringEncoder.getInstance().quoteAsString(text)));
  }
}
